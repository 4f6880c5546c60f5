import { Link } from '@tanstack/react-router'
import type { Schema } from '../../api/client.ts'
import styles from './side.module.css'

const SHOWN = 12

/** What it needs and what needs it, directly. */
export function Neighbours({ unit: { build, id, needs, neededBy } }: { unit: Schema['UnitDetail'] }) {
  const lists = [
    { title: 'Needs', ids: needs },
    { title: 'Needed by', ids: neededBy },
  ]
  return (
    <section aria-labelledby="neighbours">
      <h2 id="neighbours">In the graph</h2>
      {lists.map(({ title, ids }) => (
        <div key={title} className={styles.list}>
          <h3>
            {title} {ids.length === 0 ? 'nothing' : ids.length}
          </h3>
          <ul>
            {ids.slice(0, SHOWN).map((unit) => (
              <li key={unit}>
                <Link to="/builds/$build/units/$unit" params={{ build, unit }}>
                  {unit}
                </Link>
              </li>
            ))}
          </ul>
          {ids.length > SHOWN && <p className="muted">and {ids.length - SHOWN} more</p>}
        </div>
      ))}
      <Link to="/builds/$build/graph" params={{ build }} search={{ view: 'focus', unit: id }} className="button">
        Focus in the graph
      </Link>
    </section>
  )
}
