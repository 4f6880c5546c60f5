/** Units of a build, filtered: where every number of the build page leads. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useCallback } from 'react'
import { buildQuery, unitsQuery } from '../../api/queries.ts'
import { buildName, countParts } from '../../build-words.ts'
import { Crumbs } from '../../components/crumbs.tsx'
import { Empty } from '../../components/empty.tsx'
import { Equation } from '../../components/equation.tsx'
import { HeldRows } from '../../components/held-rows.tsx'
import { Loading } from '../../components/loading.tsx'
import { Pick } from '../../components/pick.tsx'
import { Problem } from '../../components/problem.tsx'
import { SearchField } from '../../components/search-field.tsx'
import { wordOf } from '../../components/state.tsx'
import { noun } from '../../format.ts'
import { useTitle } from '../../shell/title.ts'
import { UnitRows } from './unit-rows.tsx'

const route = getRouteApi('/builds/$build/units')
const STATES = ['built', 'cached', 'failed', 'blocked', 'cancelled', 'running', 'queued', 'ready', 'waiting'] as const
const SORTS = ['name', 'state', 'blocks', 'duration'] as const
const PAGE = 200

export function UnitsPage() {
  const { build } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { state = '', stage = '', rung = '', gap = '', blockedBy = '', q = '' } = search
  const sort = SORTS.find((word) => word === search.sort)
  const units = useInfiniteQuery(
    unitsQuery(build, {
      limit: PAGE,
      ...(state && { state }),
      ...(stage && { stage }),
      ...(rung && { rung }),
      ...(gap && { gap }),
      ...(blockedBy && { blockedBy }),
      ...(q && { q }),
      ...(sort && { sort }),
    }),
  )
  const detail = useQuery(buildQuery(build))
  const rows = units.data?.pages.flatMap(({ items }) => items) ?? []
  const what = [state?.split(',').map(wordOf).join(' or '), stage, rung, gap, blockedBy && `behind ${blockedBy}`, q && `“${q}”`].filter(
    Boolean,
  )
  useTitle(`${what.join(', ') || 'Units'} - ${buildName(build)}`)
  const find = useCallback((value: string) => void navigate({ search: (before) => ({ ...before, q: value }), replace: true }), [navigate])
  const pick = (key: 'state' | 'sort') => (value: string) =>
    void navigate({ search: (before) => ({ ...before, [key]: value }), replace: true })
  return (
    <div className="stack">
      <div>
        <Crumbs
          way={[
            { word: 'Builds', to: { to: '/builds' } },
            { word: buildName(build), to: { to: '/builds/$build', params: { build } } },
          ]}
          here="Units"
        />
        <h1>
          {units.data
            ? `${noun(rows.length, 'unit')}${units.hasNextPage ? ' and more' : ''}${what.length > 0 ? `: ${what.join(', ')}` : ''}`
            : 'Units'}
        </h1>
        {detail.data && <Equation total={detail.data.counts.total} of="planned" parts={countParts(detail.data)} />}
      </div>
      <div className="row filters">
        <SearchField label="Filter by name" value={q} onChange={find} />
        <Pick label="State" value={state} options={STATES.map((value) => ({ value, word: wordOf(value) }))} onChange={pick('state')} />
        <Pick label="Order" value={sort ?? ''} any="as planned" options={SORTS} onChange={pick('sort')} />
        {what.length > 0 && (
          <Link to="/builds/$build/units" params={{ build }} className="button">
            Show all
          </Link>
        )}
      </div>
      {units.error && <Problem error={units.error} retry={() => void units.refetch()} />}
      {units.isPending && <Loading what="units" rows={16} />}
      {units.data && rows.length === 0 && (
        <Empty why={what.length > 0 ? `No unit is ${what.join(', ')}.` : 'Nothing is planned in this build.'}>
          {detail.data && what.length > 0 && (
            <p>
              The filter hides {noun(detail.data.counts.total, 'unit')}.{' '}
              <Link to="/builds/$build/units" params={{ build }}>
                Show all
              </Link>
            </p>
          )}
        </Empty>
      )}
      {rows.length > 0 && (
        <HeldRows key={JSON.stringify(search)} rows={rows} keyOf={({ id }) => id}>
          {(held) => <UnitRows units={held} />}
        </HeldRows>
      )}
      {units.hasNextPage && (
        <button type="button" onClick={() => void units.fetchNextPage()} disabled={units.isFetchingNextPage}>
          More units
        </button>
      )}
    </div>
  )
}
