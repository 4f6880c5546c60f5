import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Schema } from '../../api/client.ts'
import { State } from '../../components/state.tsx'
import { count, visible } from '../../format.ts'
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

/** The map as a table, for reading aloud and for touch: the same order, and only what is marked or found while something is. */
export function GraphList({ build, units, graph, marked, found }: GraphListProps) {
  const { name, stage, kind } = units
  const placed = useMemo(() => cards({ name, stage, kind }, graph), [name, stage, kind, graph])
  const shown = (unit: number) => (marked === undefined || marked.has(unit)) && (found.size === 0 || found.has(unit))
  return (
    <table className={styles.list}>
      <thead>
        <tr>
          <th scope="col">Unit</th>
          <th scope="col">State</th>
          <th scope="col" className="number">
            Needs
          </th>
          <th scope="col" className="number">
            Needed by
          </th>
        </tr>
      </thead>
      {placed.map(({ stage: title, crates }) => (
        <tbody key={title}>
          <tr>
            <th scope="rowgroup" colSpan={4}>
              <b>{title}</b>
            </th>
          </tr>
          {crates
            .flatMap(({ units: members }) => members)
            .filter(shown)
            .map((unit) => (
              <tr key={unit} data-row>
                <th scope="row">
                  <Link to="/builds/$build/units/$unit" params={{ build, unit: units.id[unit]! }}>
                    {visible(units.name[unit]!)}
                  </Link>
                </th>
                <td>
                  <State state={units.state[unit]!} />
                </td>
                <td className="number">{count(graph.needs[unit]!.length)}</td>
                <td className="number">{count(graph.neededBy[unit]!.length)}</td>
              </tr>
            ))}
        </tbody>
      ))}
    </table>
  )
}
