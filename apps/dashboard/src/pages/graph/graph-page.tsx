/** The graph of a build: what stands behind what. As a map of all units, as a picture around one, or as a list. */
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import type { Schema } from '../../api/client.ts'
import { buildQuery, graphQuery } from '../../api/queries.ts'
import { buildName, countParts } from '../../build-words.ts'
import { Crumbs } from '../../components/crumbs.tsx'
import { Empty } from '../../components/empty.tsx'
import { Equation } from '../../components/equation.tsx'
import { Loading } from '../../components/loading.tsx'
import { Problem } from '../../components/problem.tsx'
import { SearchField } from '../../components/search-field.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { noun } from '../../format.ts'
import { useTitle } from '../../shell/title.ts'
import { FocusGraph } from './focus-graph.tsx'
import { GraphList } from './graph-list.tsx'
import styles from './graph-page.module.css'
import { type Mark, markOf } from './mark.ts'
import { MarkPick } from './mark-pick.tsx'
import { Selected } from './selected.tsx'
import { unitGraph } from './unit-graph.ts'
import { UnitMap } from './unit-map.tsx'

const route = getRouteApi('/builds/$build/graph')
const VIEWS = [
  { id: 'map', word: 'Map' },
  { id: 'focus', word: 'Focus' },
  { id: 'list', word: 'List' },
] as const

export function GraphPage() {
  const { build } = route.useParams()
  const { data, error, isPending, refetch } = useQuery(graphQuery(build))
  const detail = useQuery(buildQuery(build))
  useTitle(`Graph - ${buildName(build)}`)
  return (
    <div className="stack">
      <div>
        <Crumbs
          way={[
            { word: 'Builds', to: { to: '/builds' } },
            { word: buildName(build), to: { to: '/builds/$build', params: { build } } },
          ]}
          here="Graph"
        />
        <h1>{data ? `${noun(data.units.id.length, 'unit')}, ${noun(data.edges.from.length, 'edge')}` : 'Graph'}</h1>
        {detail.data && <Equation total={detail.data.counts.total} of="planned" parts={countParts(detail.data)} />}
      </div>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {isPending && <Loading what="the graph" rows={16} />}
      {data && data.units.id.length === 0 && <Empty why="Nothing is planned in this build." />}
      {data && data.units.id.length > 0 && (
        <Views build={build} columns={data} critical={detail.data?.criticalPath.map(({ id }) => id) ?? []} />
      )}
    </div>
  )
}

function Views({ build, columns, critical }: { build: string; columns: Schema['BuildGraph']; critical: readonly string[] }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { units, edges } = columns
  const graph = useMemo(() => unitGraph(units.id.length, edges.from, edges.to), [units.id.length, edges])
  const at = useMemo(() => new Map(units.id.map((id, index) => [id, index])), [units.id])
  const selected = at.get(search.unit ?? '')
  const view = VIEWS.find(({ id }) => id === search.view)?.id ?? 'map'
  const marked: Mark | undefined = useMemo(() => markOf(search.mark, graph, at, critical), [search.mark, graph, at, critical])
  const find = (search.find ?? '').toLowerCase()
  const found = useMemo(
    () =>
      find === '' ? new Set<number>() : new Set(units.name.flatMap((name, index) => (name.toLowerCase().includes(find) ? [index] : []))),
    [find, units.name],
  )
  const set = useCallback(
    (change: Partial<typeof search>) =>
      void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false }),
    [navigate],
  )
  const onFind = useCallback((value: string) => set({ find: value }), [set])
  const onSelect = useCallback((unit: number) => set({ unit: units.id[unit]! }), [set, units.id])
  const onFocus = useCallback(
    (unit: number) => void navigate({ search: (before) => ({ ...before, view: 'focus', unit: units.id[unit]! }) }),
    [navigate, units.id],
  )
  return (
    <>
      <Tabs
        label="Views of the graph"
        tabs={VIEWS.map(({ id, word }) => ({
          id,
          word,
          on: id === view,
          to: { to: '/builds/$build/graph', params: { build }, search: { ...search, view: id === 'map' ? '' : id } },
        }))}
      />
      <div className="row filters">
        <SearchField label="Find a unit" value={search.find ?? ''} onChange={onFind} />
        {find !== '' && <span role="status">{noun(found.size, 'match', 'matches')}</span>}
        <MarkPick
          value={search.mark ?? ''}
          selected={selected === undefined ? undefined : units.id[selected]}
          critical={critical.length > 0}
          onChange={(mark) => set({ mark })}
        />
        {view === 'focus' && (
          <label className="row">
            <span className="muted">Hops</span>
            <select value={search.hops ?? '2'} onChange={({ target }) => set({ hops: target.value === '2' ? '' : target.value })}>
              {[1, 2, 3, 4].map((hops) => (
                <option key={hops}>{hops}</option>
              ))}
            </select>
          </label>
        )}
      </div>
      {marked && (
        <p role="status" className={styles.marked}>
          {marked.sentence(units.name)}
        </p>
      )}
      <div className={styles.columns} data-panel={selected !== undefined}>
        <div className={styles.view}>
          {view === 'map' && (
            <UnitMap
              units={units}
              graph={graph}
              marked={marked?.units}
              found={found}
              selected={selected}
              onSelect={onSelect}
              onFocus={onFocus}
            />
          )}
          {view === 'list' && <GraphList build={build} units={units} graph={graph} marked={marked?.units} found={found} />}
          {view === 'focus' &&
            (selected === undefined ? (
              <Empty why="Focus shows what is around one unit: select one in the map, or find it." />
            ) : (
              <FocusGraph
                units={units}
                graph={graph}
                centre={selected}
                hops={Number(search.hops ?? 2) || 2}
                marked={marked?.units}
                onSelect={onSelect}
              />
            ))}
        </div>
        {selected !== undefined && <Selected build={build} units={units} graph={graph} unit={selected} onClose={() => set({ unit: '' })} />}
      </div>
    </>
  )
}
