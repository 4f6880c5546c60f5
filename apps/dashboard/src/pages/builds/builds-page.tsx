/** Every build: what came of it, for what, when. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { buildsQuery, stagesQuery, surfacesQuery } from '../../api/queries.ts'
import { Ago } from '../../components/ago.tsx'
import { Empty } from '../../components/empty.tsx'
import { HeldRows } from '../../components/held-rows.tsx'
import { Loading } from '../../components/loading.tsx'
import { Pick } from '../../components/pick.tsx'
import { Problem } from '../../components/problem.tsx'
import { count } from '../../format.ts'
import { useTitle } from '../../shell/title.ts'
import { BuildRows } from './build-rows.tsx'
import styles from './builds-page.module.css'

const route = getRouteApi('/builds')
const STATES = ['running', 'ended', 'cancelled'] as const

export function BuildsPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const state = STATES.find((word) => word === search.state)
  const builds = useInfiniteQuery(
    buildsQuery({
      ...(state && { state }),
      ...(search.stage && { stage: search.stage }),
      ...(search.surface && { surface: search.surface }),
    }),
  )
  const stages = useQuery(stagesQuery)
  const surfaces = useQuery(surfacesQuery)
  const pick = (key: 'state' | 'stage' | 'surface') => (value: string) =>
    void navigate({ search: (before) => ({ ...before, [key]: value }), replace: true })
  useTitle('Builds')
  const rows = builds.data?.pages.flatMap(({ items }) => items) ?? []
  const running = rows.filter((build) => build.state === 'running').length
  const filtered = Boolean(search.state || search.stage || search.surface)
  return (
    <div className="stack">
      <header className={styles.head}>
        <h1>{running > 0 ? `${count(running)} running` : 'Builds'}</h1>
        <div className="row filters">
          <Pick label="State" value={search.state ?? ''} options={STATES} onChange={pick('state')} />
          <Pick label="Stage" value={search.stage ?? ''} options={stages.data?.stages.map(({ id }) => id) ?? []} onChange={pick('stage')} />
          <Pick
            label="Surface"
            value={search.surface ?? ''}
            options={surfaces.data?.surfaces.map(({ date }) => date).reverse() ?? []}
            onChange={pick('surface')}
          />
        </div>
      </header>
      {builds.error && <Problem error={builds.error} retry={() => void builds.refetch()} />}
      {builds.isPending && <Loading what="builds" />}
      {builds.data && rows.length === 0 && (
        <Empty why={filtered ? 'No build matches this filter.' : 'Nothing was built yet.'}>
          <p>{filtered ? <Link to="/builds">Show all builds</Link> : <Link to="/start">Start the first build</Link>}</p>
        </Empty>
      )}
      {rows.length > 0 && (
        <HeldRows rows={rows} keyOf={({ id }) => id}>
          {(held) => <BuildRows builds={held} />}
        </HeldRows>
      )}
      {builds.hasNextPage && (
        <button type="button" onClick={() => void builds.fetchNextPage()} disabled={builds.isFetchingNextPage}>
          Older builds
        </button>
      )}
      {rows[0] && (
        <p className="muted">
          Newest started <Ago at={rows[0].createdAt} />.
        </p>
      )}
    </div>
  )
}
