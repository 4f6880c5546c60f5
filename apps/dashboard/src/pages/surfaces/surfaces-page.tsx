/** What did Redox offer at a date, and what changed between two. */
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useCallback } from 'react'
import type { Schema } from '../../api/client.ts'
import { surfaceDiffQuery, surfacesQuery } from '../../api/queries.ts'
import { Empty } from '../../components/empty.tsx'
import { Loading } from '../../components/loading.tsx'
import { Pick } from '../../components/pick.tsx'
import { Problem } from '../../components/problem.tsx'
import { SearchField } from '../../components/search-field.tsx'
import { VirtualRows } from '../../components/virtual-rows.tsx'
import { count, noun, visible } from '../../format.ts'
import { useTitle } from '../../shell/title.ts'
import { CHANGES, type Change, changeOf } from './change-of.ts'
import { Growth } from './growth.tsx'
import styles from './surfaces-page.module.css'

const route = getRouteApi('/surfaces')
/** Pixels; rows have one line. */
const ROW = 28

export function SurfacesPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const surfaces = useQuery(surfacesQuery)
  const dates = surfaces.data?.surfaces.map(({ date }) => date) ?? []
  const to = search.date ?? dates.at(-1) ?? ''
  const from = search.vs ?? dates.at(-2) ?? ''
  const diff = useQuery(surfaceDiffQuery(from, to))
  const pick = (key: 'date' | 'vs') => (value: string) =>
    void navigate({ search: (before) => ({ ...before, [key]: value }), replace: true })
  const find = useCallback((value: string) => void navigate({ search: (before) => ({ ...before, q: value }), replace: true }), [navigate])
  const at = surfaces.data?.surfaces.find(({ date }) => date === to)
  useTitle('Surfaces')
  return (
    <div className="stack">
      <h1>{at ? `${at.date}: ${noun(at.implemented, 'symbol')} implemented, ${noun(at.stubs, 'stub')}` : 'Surfaces'}</h1>
      {surfaces.error && <Problem error={surfaces.error} retry={() => void surfaces.refetch()} />}
      {surfaces.isPending && <Loading what="the surfaces" />}
      {surfaces.data && <Growth surfaces={surfaces.data.surfaces} at={to} />}
      <div className="row filters">
        <Pick label="Surface" value={to} any="newest" options={dates.toReversed()} onChange={pick('date')} />
        <Pick label="compared with" value={from} any="the one before" options={dates.toReversed()} onChange={pick('vs')} />
        <SearchField label="Filter by name" value={search.q ?? ''} onChange={find} />
      </div>
      {diff.error && <Problem error={diff.error} retry={() => void diff.refetch()} />}
      {diff.data && <Diff diff={diff.data} q={search.q ?? ''} shown={CHANGES.find((change) => change === search.change)} />}
      <p>
        <Link to="/start" search={{ stage: 'ladder', surface: to }} className="button">
          Climb the ladder with this surface
        </Link>
      </p>
    </div>
  )
}

function Diff({ diff, q, shown }: { diff: Schema['SurfaceDiff']; q: string; shown: Change | undefined }) {
  const all = diff.changes.map((row) => ({ ...row, change: changeOf(row) }))
  const rows = all.filter(({ name, change }) => name.includes(q) && (shown === undefined || change === shown))
  return (
    <section aria-labelledby="diff" className="stack">
      <h2 id="diff">
        From {diff.from} to {diff.to}
      </h2>
      <p className={styles.sum} data-equation>
        <b data-total={all.length}>{count(all.length)}</b> changed
        {CHANGES.map((change, index) => (
          <span key={change}>
            {' '}
            {index === 0 ? '=' : '+'}{' '}
            <Link
              to="/surfaces"
              search={(before) => ({ ...before, change: shown === change ? '' : change })}
              resetScroll={false}
              data-on={shown === change}
            >
              <b>{count(all.filter((row) => row.change === change).length)}</b> {change}
            </Link>
          </span>
        ))}
      </p>
      {rows.length === 0 ? (
        <Empty why={all.length === 0 ? 'Nothing changed between the two.' : 'No change matches this filter.'} />
      ) : (
        <table className={styles.changes} aria-rowcount={rows.length + 1}>
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col">Symbol</th>
              <th scope="col">Was</th>
              <th scope="col">Is</th>
              <th scope="col">So it</th>
            </tr>
          </thead>
          <VirtualRows count={rows.length} row={ROW}>
            {(index) => {
              const { name, before, after, change } = rows[index]!
              return (
                <tr key={name} data-row aria-rowindex={index + 2} style={{ height: ROW }}>
                  <th scope="row">
                    <code title={name}>{visible(name)}</code>
                  </th>
                  <td>{before ?? 'absent'}</td>
                  <td>{after ?? 'absent'}</td>
                  <td>{change}</td>
                </tr>
              )
            }}
          </VirtualRows>
        </table>
      )}
    </section>
  )
}
