import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Schema } from '../../api/client.ts'
import { graphQuery } from '../../api/queries.ts'
import { State } from '../../components/state.tsx'
import { visible } from '../../format.ts'
import { linkageOf } from './linkage-of.ts'
import styles from './side.module.css'

const SHOWN = 12

/** What it needs and what needs it, directly: names and states come with the graph, until then there are the ids. */
export function Neighbours({ unit: { build, id, needs, neededBy } }: { unit: Schema['UnitDetail'] }) {
  const units = useQuery(graphQuery(build)).data?.units
  const at = useMemo(() => new Map(units?.id.map((one, index) => [one, index])), [units])
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
            {ids.slice(0, SHOWN).map((unit) => {
              const index = at.get(unit)
              return (
                <li key={unit}>
                  <Link to="/builds/$build/units/$unit" params={{ build, unit }} title={unit}>
                    {index === undefined ? unit : visible(units!.name[index]!)}
                  </Link>
                  <span className="muted">{linkageOf(unit)}</span>
                  {index !== undefined && <State state={units!.state[index]!} />}
                </li>
              )
            })}
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
