import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Schema } from '../../api/client.ts'
import { ladderHistoryQuery } from '../../api/queries.ts'
import { Spark } from '../../components/spark.tsx'
import { noun } from '../../format.ts'
import styles from './history.module.css'

const LINKAGES = ['static', 'dynamic'] as const
const AXES = [
  { axis: 'build', by: 'by build time: when it was measured' },
  { axis: 'surface', by: 'by surface date: what Redox offered' },
] as const

interface HistoryProps {
  readonly choice: { readonly surface?: string; readonly mode?: 'bridge' | 'strict' }
  readonly rungs: number
}

/** Did it move? Passed rungs over the two time axes, which are never mixed. */
export function History({ choice, rungs }: HistoryProps) {
  return (
    <section aria-labelledby="history">
      <h2 id="history">Did it move?</h2>
      <div className={styles.axes}>
        {AXES.map(({ axis, by }) => (
          <Axis
            key={axis}
            axis={axis}
            by={by}
            choice={axis === 'surface' && choice.mode ? { mode: choice.mode } : axis === 'build' ? choice : {}}
            rungs={rungs}
          />
        ))}
      </div>
    </section>
  )
}

function Axis({ axis, by, choice, rungs }: HistoryProps & { axis: 'build' | 'surface'; by: string }) {
  const { data } = useQuery(ladderHistoryQuery({ axis, ...choice }))
  const points = data?.points ?? []
  return (
    <div data-axis={axis}>
      <h3>
        {by}
        {axis === 'build' && points[0] && `, under surface ${points[0].surface}`}
      </h3>
      {points.length === 0 ? (
        <p className="muted">Nothing measured yet.</p>
      ) : (
        LINKAGES.map((linkage) => <Line key={linkage} linkage={linkage} points={points} rungs={rungs} axis={axis} />)
      )}
    </div>
  )
}

/** Only measurements that had this linkage: what was not run is no zero. */
function Line({
  linkage,
  points,
  rungs,
  axis,
}: {
  linkage: 'static' | 'dynamic'
  points: readonly Schema['LadderPoint'][]
  rungs: number
  axis: 'build' | 'surface'
}) {
  const own = points.flatMap((point) =>
    point.verdicts.filter((verdict) => verdict.linkage === linkage).map(({ passed }) => ({ point, passed })),
  )
  const [first, last] = [own[0], own.at(-1)]
  if (first === undefined || last === undefined || own.length < 2)
    return (
      <div className={styles.line} data-linkage={linkage}>
        <span>{linkage}</span>
        <span className="muted">{first === undefined ? 'Nothing measured yet.' : 'One measurement so far: a line needs two.'}</span>
      </div>
    )
  const moved = last.passed === first.passed ? `${noun(last.passed, 'rung')}, unchanged` : `${first.passed} to ${noun(last.passed, 'rung')}`
  const name = (point: Schema['LadderPoint']) => (axis === 'surface' ? point.surface : point.at.slice(0, 10))
  return (
    <div className={styles.line} data-linkage={linkage}>
      <span>{linkage}</span>
      <Spark
        values={own.map(({ passed }) => passed)}
        most={rungs}
        label={`${linkage}: ${moved} passed, over ${noun(own.length, 'measurement')}`}
      />
      <span>{moved}</span>
      <span className="muted">
        {name(first.point)} to{' '}
        <Link to="/builds/$build" params={{ build: last.point.build }}>
          {name(last.point)}
        </Link>
      </span>
    </div>
  )
}
