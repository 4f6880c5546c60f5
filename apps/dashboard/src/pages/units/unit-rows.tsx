import { Link } from '@tanstack/react-router'
import type { Schema } from '../../api/client.ts'
import { State } from '../../components/state.tsx'
import { UnitReason } from '../../components/unit-reason.tsx'
import { count, took, visible } from '../../format.ts'
import styles from './unit-rows.module.css'

export function UnitRows({ units }: { units: readonly Schema['Unit'][] }) {
  return (
    <table className={styles.units}>
      <thead>
        <tr>
          <th scope="col">Unit</th>
          <th scope="col">State</th>
          <th scope="col">Stage</th>
          <th scope="col">Compiler</th>
          <th scope="col" className="number">
            Took
          </th>
          <th scope="col" className="number">
            Blocks
          </th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        {units.map((unit) => (
          <tr key={unit.id} data-row data-unit={unit.id}>
            <th scope="row">
              <Link to="/builds/$build/units/$unit" params={{ build: unit.build, unit: unit.id }}>
                {visible(unit.name)}
              </Link>
            </th>
            <td>
              <State state={unit.state} />
            </td>
            <td data-label="stage">{unit.stage}</td>
            <td data-label="compiler">{unit.linkage}</td>
            <td className="number" data-label="took">
              {unit.milliseconds === undefined ? '' : took(unit.milliseconds)}
            </td>
            <td className="number" data-label="blocks">
              {unit.blocks > 0 ? count(unit.blocks) : ''}
            </td>
            <td className={styles.why}>
              <UnitReason unit={unit} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
