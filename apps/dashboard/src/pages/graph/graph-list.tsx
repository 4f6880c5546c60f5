import { Link } from '@tanstack/react-router'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Schema } from '../../api/client.ts'
import { State } from '../../components/state.tsx'
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
  const table = useRef<HTMLTableElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    if (table.current) setTop(table.current.getBoundingClientRect().top + window.scrollY)
  }, [])
  const rows = useWindowVirtualizer({ count: shown.length, estimateSize: () => ROW, overscan: 30, scrollMargin: top })
  const items = rows.getVirtualItems()
  const above = (items[0]?.start ?? top) - top
  const below = rows.getTotalSize() - ((items.at(-1)?.end ?? top) - top)
  return (
    <table ref={table} className={styles.list} aria-rowcount={shown.length + 1}>
      <caption className="hidden">{noun(shown.length, 'unit')}</caption>
      <thead>
        <tr aria-rowindex={1}>
          <th scope="col">Unit</th>
          <th scope="col">Stage</th>
          <th scope="col">State</th>
          <th scope="col" className="number">
            Needs
          </th>
          <th scope="col" className="number">
            Needed by
          </th>
        </tr>
      </thead>
      <tbody>
        <Space height={above} />
        {items.map(({ index }) => {
          const unit = shown[index]!
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
              <td className="number">{count(graph.needs[unit]!.length)}</td>
              <td className="number">{count(graph.neededBy[unit]!.length)}</td>
            </tr>
          )
        })}
        <Space height={below} />
      </tbody>
    </table>
  )
}

/** The place of rows that are out of sight. */
const Space = ({ height }: { height: number }) =>
  height > 0 && (
    <tr>
      <td style={{ height, padding: 0, border: 0 }} />
    </tr>
  )
