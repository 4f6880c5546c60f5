import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Schema } from '../../api/client.ts'
import { pairQuery } from '../../api/queries.ts'
import { Empty } from '../../components/empty.tsx'
import { GapLink } from '../../components/gap-link.tsx'
import { GapsByTruth } from '../../components/gaps-by-truth.tsx'
import { Loading } from '../../components/loading.tsx'
import { Problem } from '../../components/problem.tsx'
import { State } from '../../components/state.tsx'
import { Truth } from '../../components/truth.tsx'
import { took, visible } from '../../format.ts'
import styles from './pair.module.css'

/** The same unit under the static and the dynamic compiler, and the gaps that only one of them met. */
export function Pair({ build, unit }: { build: string; unit: string }) {
  const { data, error, isPending, refetch } = useQuery(pairQuery(build, unit))
  if (error) return <Problem error={error} retry={() => void refetch()} />
  if (isPending) return <Loading what="the pair" />
  if (data.other === undefined) return <Empty why="This build has no such unit under the other linkage." />
  const here = { unit: data.unit, gaps: data.gapsOnly }
  const there = { unit: data.other, gaps: data.otherGapsOnly }
  const sides = data.unit.linkage === 'dynamic' ? [there, here] : [here, there]
  return (
    <div className="stack">
      <div className={styles.pair}>
        {sides.map(({ unit: side, gaps }) => (
          <Side key={side.id} unit={side} gaps={gaps} />
        ))}
      </div>
      {data.gapsBoth.length > 0 && (
        <section aria-labelledby="both">
          <h2 id="both">Met by both</h2>
          <List gaps={data.gapsBoth} />
        </section>
      )}
    </div>
  )
}

function Side({ unit, gaps }: { unit: Schema['Unit']; gaps: readonly Schema['GapRef'][] }) {
  return (
    <section aria-label={unit.linkage}>
      <h2>
        {unit.linkage} <State state={unit.state} />
      </h2>
      <p>
        <Link to="/builds/$build/units/$unit" params={{ build: unit.build, unit: unit.id }} search={{ view: 'pair' }}>
          {unit.id}
        </Link>
        {unit.milliseconds !== undefined && `, took ${took(unit.milliseconds)}`}
      </p>
      {unit.message && <p>{visible(unit.message)}</p>}
      <h3>{gaps.length === 0 ? 'No gap met by this side alone' : 'Met by this side alone'}</h3>
      <List gaps={gaps} />
    </section>
  )
}

const List = ({ gaps }: { gaps: readonly Schema['GapRef'][] }) => (
  <GapsByTruth gaps={gaps.map((gap) => ({ gap }))}>
    {({ gap }) => (
      <li key={gap.key}>
        <Truth kind={gap.truth} /> <GapLink gap={gap} />
      </li>
    )}
  </GapsByTruth>
)
