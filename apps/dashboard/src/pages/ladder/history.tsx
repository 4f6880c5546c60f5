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
      <h3>{by}</h3>
      {points.length < 2 ? (
        <p className="muted">{points.length === 0 ? 'Nothing measured yet.' : 'One measurement so far: a line needs two.'}</p>
      ) : (
        LINKAGES.map((linkage) => <Line key={linkage} linkage={linkage} points={points} rungs={rungs} axis={axis} />)
      )}
    </div>
  )
}

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
  const values = points.map(({ verdicts }) => verdicts.find((verdict) => verdict.linkage === linkage)?.passed ?? 0)
  const [first, last] = [values[0]!, values.at(-1)!]
  const moved = last === first ? `${noun(last, 'rung')}, unchanged` : `${first} to ${noun(last, 'rung')}`
  const name = (point: Schema['LadderPoint']) => (axis === 'surface' ? point.surface : point.at.slice(0, 10))
  return (
    <div className={styles.line} data-linkage={linkage}>
      <span>{linkage}</span>
      <Spark values={values} most={rungs} label={`${linkage}: ${moved} passed, over ${noun(points.length, 'measurement')}`} />
      <span>{moved}</span>
      <span className="muted">
        {name(points[0]!)} to{' '}
        <Link to="/builds/$build" params={{ build: points.at(-1)!.build }}>
          {name(points.at(-1)!)}
        </Link>
      </span>
    </div>
  )
}
