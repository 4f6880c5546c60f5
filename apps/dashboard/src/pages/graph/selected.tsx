import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { X } from 'lucide-react'
import type { Schema } from '../../api/client.ts'
import { unitQuery } from '../../api/queries.ts'
import { GapLink } from '../../components/gap-link.tsx'
import { State } from '../../components/state.tsx'
import { noun, visible } from '../../format.ts'
import styles from './selected.module.css'
import { chain, type UnitGraph } from './unit-graph.ts'

interface SelectedProps {
  readonly build: string
  readonly units: Schema['GraphColumns']
  readonly graph: UnitGraph
  readonly unit: number
  readonly onClose: () => void
}

/** The selected unit: its state, what stands behind it, and the shortest way to what blocks it. */
export function Selected({ build, units, graph, unit, onClose }: SelectedProps) {
  const id = units.id[unit]!
  const { data } = useQuery(unitQuery(build, id))
  const blocker = data?.blockedBy === undefined ? -1 : units.id.indexOf(data.blockedBy)
  const way = blocker < 0 ? undefined : chain(graph, blocker, unit)
  const params = { build, unit: id }
  return (
    <aside className={styles.selected} aria-label="Selected unit">
      <header>
        <h2>{visible(units.name[unit]!)}</h2>
        <button type="button" className="plain" onClick={onClose} aria-label="Close">
          <X size={14} aria-hidden="true" />
        </button>
      </header>
      <State state={units.state[unit]!} />
      <p className="muted">
        {units.kind[unit]!.replaceAll('-', ' ')}, {units.stage[unit]}
        {data?.linkage && `, ${data.linkage} compiler`}
      </p>
      {data?.gap ? <GapLink gap={data.gap} /> : data?.message && <p>{visible(data.message)}</p>}
      {data && (
        <p>
          needs {noun(data.needs.length, 'unit')}, needed by {data.neededBy.length}
          {data.blocks > 0 && (
            <>
              ;{' '}
              <Link to="/builds/$build/graph" params={{ build }} search={(before) => ({ ...before, mark: `blocked-by:${id}` })}>
                {noun(data.blocks, 'blocked unit stands', 'blocked units stand')} behind it
              </Link>
            </>
          )}
        </p>
      )}
      {way && (
        <div>
          <h3>Shortest way from what blocks it</h3>
          <ol className={styles.way}>
            {way.map((step) => (
              <li key={step}>
                <Link
                  to="/builds/$build/graph"
                  params={{ build }}
                  search={(before) => ({ ...before, unit: units.id[step]! })}
                  resetScroll={false}
                >
                  {units.name[step]}
                </Link>
              </li>
            ))}
          </ol>
        </div>
      )}
      <p className="row">
        <Link to="/builds/$build/units/$unit" params={params} className="button">
          Open
        </Link>
        <Link to="/builds/$build/graph" params={{ build }} search={(before) => ({ ...before, view: 'focus', unit: id })} className="button">
          Focus
        </Link>
        <Link to="/builds/$build/units/$unit" params={params} search={{ view: 'why' }} className="button">
          Why it ran
        </Link>
      </p>
    </aside>
  )
}
