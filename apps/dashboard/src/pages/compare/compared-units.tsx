import { Link } from '@tanstack/react-router'
import type { Schema } from '../../api/client.ts'
import { GapLink } from '../../components/gap-link.tsx'
import { State } from '../../components/state.tsx'
import { took, visible } from '../../format.ts'
import { CLASSES } from './classes.ts'
import styles from './compared-units.module.css'

const wordOf = (id: string): string => CLASSES.find((one) => one.id === id)?.word ?? id

/** The two linkages of a unit have one name. */
const linkagesOf = ({ a, b }: Schema['ComparedUnit']): string =>
  [...new Set([a?.linkage, b?.linkage].filter((linkage) => linkage !== undefined))].join(', ')

export function ComparedUnits({ a, b, units }: { a: string; b: string; units: readonly Schema['ComparedUnit'][] }) {
  return (
    <table className={styles.units}>
      <thead>
        <tr>
          <th scope="col">Unit</th>
          <th scope="col">Is</th>
          <th scope="col">A</th>
          <th scope="col">B</th>
        </tr>
      </thead>
      <tbody>
        {units.map((unit) => (
          <tr key={`${unit.name} ${unit.a?.unit} ${unit.b?.unit}`} data-row>
            <th scope="row">
              {visible(unit.name)} <span className="muted">{linkagesOf(unit)}</span>
            </th>
            <td>{wordOf(unit.class)}</td>
            <td data-label="A">
              <Side build={a} side={unit.a} />
            </td>
            <td data-label="B">
              <Side build={b} side={unit.b} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Side({ build, side }: { build: string; side: Schema['ComparedSide'] | undefined }) {
  if (side === undefined) return <span className="muted">not there</span>
  return (
    <>
      <Link to="/builds/$build/units/$unit" params={{ build, unit: side.unit }} className={styles.state}>
        <State state={side.state} />
      </Link>
      {side.milliseconds !== undefined && <span className="muted"> {took(side.milliseconds)}</span>}
      {side.gap && (
        <div>
          <GapLink gap={side.gap} />
        </div>
      )}
    </>
  )
}
