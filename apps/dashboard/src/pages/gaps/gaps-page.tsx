/** What to implement next: gaps by how many units they hold up. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useCallback } from 'react'
import { gapSummaryQuery, gapsQuery, surfacesQuery } from '../../api/queries.ts'
import { Empty } from '../../components/empty.tsx'
import { HeldRows } from '../../components/held-rows.tsx'
import { Loading } from '../../components/loading.tsx'
import { Pick } from '../../components/pick.tsx'
import { Problem } from '../../components/problem.tsx'
import { SearchField } from '../../components/search-field.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { TRUTH_NAMES, Truth } from '../../components/truth.tsx'
import { count, noun } from '../../format.ts'
import { COMPONENTS, GAP_KINDS } from '../../gap-words.ts'
import { useTitle } from '../../shell/title.ts'
import { GapRows } from './gap-rows.tsx'

const route = getRouteApi('/gaps')
const SORTS = ['name', 'firstSeen', 'lastSeen'] as const
const LINKAGES = ['static', 'dynamic'] as const

export function GapsPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const truth = TRUTH_NAMES.find((name) => name === search.truth) ?? 'upstream'
  const state = search.state === 'closed' ? 'closed' : 'open'
  const { component = '', kind = '', surface = '', q = '' } = search
  const linkage = LINKAGES.find((word) => word === search.linkage)
  const sort = SORTS.find((word) => word === search.sort)
  const gaps = useInfiniteQuery(
    gapsQuery({
      truth,
      state,
      limit: 100,
      ...(component && { component }),
      ...(kind && { kind }),
      ...(surface && { surface }),
      ...(linkage && { linkage }),
      ...(q && { q }),
      ...(sort && { sort }),
    }),
  )
  const summary = useQuery(gapSummaryQuery)
  const surfaces = useQuery(surfacesQuery)
  const rows = gaps.data?.pages.flatMap(({ items }) => items) ?? []
  const top = sort === undefined ? rows[0] : undefined
  const filtered = Boolean(component || kind || surface || linkage || q)
  const find = useCallback((value: string) => void navigate({ search: (before) => ({ ...before, q: value }), replace: true }), [navigate])
  const pick = (key: 'component' | 'kind' | 'surface' | 'linkage' | 'sort') => (value: string) =>
    void navigate({ search: (before) => ({ ...before, [key]: value }), replace: true })
  const counted = (name: string) => summary.data?.byTruth.find((entry) => entry.truth === name)
  useTitle('Gaps')
  return (
    <div className="stack">
      <h1>
        {top && state === 'open' && top.blocks > 0
          ? `${top.name} holds up most: ${noun(top.blocks, 'unit')}`
          : gaps.data && rows.length === 0
            ? 'Gaps'
            : `What Redox lacks, by what it holds up`}
      </h1>
      <Tabs
        label="Whose gap"
        tabs={TRUTH_NAMES.map((name) => ({
          id: name,
          on: name === truth,
          to: { to: '/gaps', search: { ...search, truth: name === 'upstream' ? '' : name } },
          word: (
            <>
              <Truth kind={name} /> {count(counted(name)?.[state] ?? 0)}
            </>
          ),
        }))}
      />
      <div className="row filters">
        <Pick
          label="State"
          value={state === 'closed' ? 'closed' : ''}
          any="open"
          options={['closed']}
          onChange={(value) => void navigate({ search: (before) => ({ ...before, state: value }), replace: true })}
        />
        <Pick label="Component" value={component} options={COMPONENTS} onChange={pick('component')} />
        <Pick label="Kind" value={kind} options={GAP_KINDS} onChange={pick('kind')} />
        <Pick
          label="Surface"
          value={surface}
          options={surfaces.data?.surfaces.map(({ date }) => date).reverse() ?? []}
          onChange={pick('surface')}
        />
        <Pick label="Compiler" value={linkage ?? ''} options={LINKAGES} onChange={pick('linkage')} />
        <Pick
          label="Order"
          value={sort ?? ''}
          any="blocks most"
          options={[
            { value: 'name', word: 'name' },
            { value: 'firstSeen', word: 'first seen' },
            { value: 'lastSeen', word: 'last seen' },
          ]}
          onChange={pick('sort')}
        />
        <SearchField label="Filter by name" value={q} onChange={find} />
      </div>
      {gaps.error && <Problem error={gaps.error} retry={() => void gaps.refetch()} />}
      {gaps.isPending && <Loading what="gaps" rows={12} />}
      {gaps.data && rows.length === 0 && (
        <Empty why={filtered ? 'No gap matches this filter.' : state === 'open' ? 'No such gap is open.' : 'No such gap was closed yet.'}>
          <p>
            {filtered ? (
              <Link to="/gaps" search={{ truth: search.truth ?? '', state: search.state ?? '' }}>
                Show all {count(counted(truth)?.[state] ?? 0)}
              </Link>
            ) : (
              'A gap appears when a program in a node asks for something that is not there.'
            )}
          </p>
        </Empty>
      )}
      {rows.length > 0 && (
        <HeldRows key={JSON.stringify(search)} rows={rows} keyOf={({ key }) => key}>
          {(held) => <GapRows gaps={held} />}
        </HeldRows>
      )}
      {gaps.hasNextPage && (
        <button type="button" onClick={() => void gaps.fetchNextPage()} disabled={gaps.isFetchingNextPage}>
          More gaps
        </button>
      )}
      {rows.length > 0 && summary.data && (
        <p className="muted">
          {noun(summary.data.unitsBlocked, 'distinct unit is', 'distinct units are')} held up by gaps of any kind. One unit may be held up
          by several, so the columns do not add up to it.
        </p>
      )}
    </div>
  )
}
