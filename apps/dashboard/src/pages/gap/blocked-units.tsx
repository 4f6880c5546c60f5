import { Link } from '@tanstack/react-router'
import type { Schema } from '../../api/client.ts'
import { buildName } from '../../build-words.ts'
import { Glyph } from '../../components/glyph.tsx'
import styles from './blocked-units.module.css'

const SHOWN = 60

/** Units that wait: stopped by the gap itself, or behind one that is. */
export function BlockedUnits({ units }: { units: Schema['GapDetail']['blocked'] }) {
  const groups = [
    { by: 'stopped', title: 'Stopped by it', look: 'failed' },
    { by: 'behind', title: 'Behind one that it stopped', look: 'blocked' },
  ] as const
  return (
    <section aria-labelledby="waiting">
      <h2 id="waiting">Who waits for it</h2>
      {groups.map(({ by, title, look }) => {
        const list = units.filter((unit) => unit.by === by)
        return list.length === 0 ? null : (
          <div key={by}>
            <h3>
              {title}: {list.length}
            </h3>
            <ul className={styles.units}>
              {list.slice(0, SHOWN).map(({ build, unit, name }) => (
                <li key={`${build} ${unit}`}>
                  <Glyph look={look} size={12} />
                  <Link to="/builds/$build/units/$unit" params={{ build, unit }} title={buildName(build)}>
                    {name}
                  </Link>
                </li>
              ))}
              {list.length > SHOWN && <li className="muted">and {list.length - SHOWN} more</li>}
            </ul>
          </div>
        )
      })}
    </section>
  )
}
