import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Schema } from '../../api/client.ts'
import { unitsQuery } from '../../api/queries.ts'
import { useEveryPage } from '../../api/use-every-page.ts'
import { State } from '../../components/state.tsx'
import { UnitReason } from '../../components/unit-reason.tsx'
import { VirtualRows } from '../../components/virtual-rows.tsx'
import { count, noun, visible } from '../../format.ts'
import { cards } from './cards.ts'
import styles from './graph-list.module.css'
import type { UnitGraph } from './unit-graph.ts'

interface GraphListProps {
  readonly build: string
  readonly units: Schema['GraphColumns']
  readonly graph: UnitGraph
  readonly marked: ReadonlySet<number> | undefined
  readonly found: ReadonlySet<number>
}

/** Pixels; rows have one line, so that only those in sight need to exist. */
const ROW = 32

/** The map as a table, for reading aloud and for touch: the same order, and only what is marked or found while something is. */
export function GraphList({ build, units, graph, marked, found }: GraphListProps) {
  const { name, stage, kind } = units
  const placed = useMemo(() => cards({ name, stage, kind }, graph), [name, stage, kind, graph])
  const shown = useMemo(
    () =>
      placed
        .flatMap(({ crates }) => crates.flatMap((crate) => crate.units))
        .filter((unit) => (marked === undefined || marked.has(unit)) && (found.size === 0 || found.has(unit))),
    [placed, marked, found],
  )
  const why = useReasons(build)
  return (
    <table className={styles.list} aria-rowcount={shown.length + 1}>
      <caption className="hidden">{noun(shown.length, 'unit')}</caption>
      <thead>
        <tr aria-rowindex={1}>
          <th scope="col">Unit</th>
          <th scope="col">Stage</th>
          <th scope="col">State</th>
          <th scope="col">Why</th>
          <th scope="col" className="number">
            Needs
          </th>
          <th scope="col" className="number">
            Needed by
          </th>
        </tr>
      </thead>
      <VirtualRows count={shown.length} row={ROW}>
        {(index) => {
          const unit = shown[index]!
          const reason = why.get(units.id[unit]!)
          return (
            <tr key={unit} data-row aria-rowindex={index + 2} style={{ height: ROW }}>
              <th scope="row">
                <Link to="/builds/$build/units/$unit" params={{ build, unit: units.id[unit]! }}>
                  {visible(name[unit]!)}
                </Link>
              </th>
              <td>{stage[unit]}</td>
              <td>
                <State state={units.state[unit]!} />
              </td>
              <td>{reason && <UnitReason unit={reason} />}</td>
              <td className="number">{count(graph.needs[unit]!.length)}</td>
              <td className="number">{count(graph.neededBy[unit]!.length)}</td>
            </tr>
          )
        }}
      </VirtualRows>
    </table>
  )
}

/** Units that are not good, by id: the graph's columns do not say why. */
function useReasons(build: string): ReadonlyMap<string, Schema['Unit']> {
  const units = useInfiniteQuery(unitsQuery(build, { state: 'failed,blocked', limit: 200 }))
  useEveryPage(units)
  const { data } = units
  return useMemo(() => new Map(data?.pages.flatMap(({ items }) => items.map((unit) => [unit.id, unit]))), [data])
}
