/** The log of an attempt: any size, only the lines in sight are asked for; search runs on the server over all of it. */
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useRouterState } from '@tanstack/react-router'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { useCallback, useState } from 'react'
import type { Schema } from '../../api/client.ts'
import { type LogStream, logLinesQuery, logSearchQuery } from '../../api/queries.ts'
import { Empty } from '../../components/empty.tsx'
import { Loading } from '../../components/loading.tsx'
import { Problem } from '../../components/problem.tsx'
import { SearchField } from '../../components/search-field.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { bytes, count, noun } from '../../format.ts'
import { parseLines } from './line-anchor.ts'
import { CHUNK, LogView } from './log-view.tsx'
import { useTail } from './use-tail.ts'

const route = getRouteApi('/builds/$build/units/$unit')
const STREAMS = ['stdout', 'stderr'] as const

export function Log({ unit, attempt }: { unit: Schema['UnitDetail']; attempt: Schema['Attempt'] | undefined }) {
  const search = route.useSearch()
  if (attempt === undefined) return <Empty why="It has not run yet, so there is no log." />
  const size = (stream: LogStream) => attempt.logs.find((log) => log.stream === stream)?.size ?? 0
  // Compilers speak on stderr; where nothing stands there, stdout is meant.
  const stream = STREAMS.find((one) => one === search.stream) ?? (size('stderr') > 0 || size('stdout') === 0 ? 'stderr' : 'stdout')
  return (
    <div className="stack">
      <Tabs
        label="Streams"
        tabs={STREAMS.map((one) => ({
          id: one,
          on: one === stream,
          word: `${one} ${bytes(size(one))}`,
          to: { to: '/builds/$build/units/$unit', params: { build: unit.build, unit: unit.id }, search: { ...search, stream: one } },
        }))}
      />
      <Lines key={`${attempt.number} ${stream}`} unit={unit} attempt={attempt} stream={stream} />
    </div>
  )
}

function Lines({ unit, attempt, stream }: { unit: Schema['UnitDetail']; attempt: Schema['Attempt']; stream: LogStream }) {
  const { find = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const hash = useRouterState({ select: ({ location }) => location.hash })
  const name = { build: unit.build, unit: unit.id, attempt: attempt.number }
  const running = attempt.state === 'running'
  const [follow, setFollow] = useState(running)
  useTail(name, running)
  const first = useQuery(logLinesQuery(name, stream, 1, CHUNK))
  const found = useQuery(logSearchQuery(name, stream, find))
  const onFind = useCallback(
    (value: string) => void navigate({ search: (before) => ({ ...before, find: value }), replace: true, hash: true }),
    [navigate],
  )
  const go = useCallback(
    (line: number) => {
      setFollow(false)
      void navigate({ search: (before) => before, hash: `L${line}`, replace: true, resetScroll: false })
    },
    [navigate],
  )
  const marked = parseLines(hash)
  const matches = find === '' ? [] : (found.data?.matches ?? [])
  /** The match after (or before) the marked line, around the end. */
  const step = (by: 1 | -1) => {
    const at = marked?.from ?? (by > 0 ? 0 : Number.POSITIVE_INFINITY)
    const next =
      by > 0 ? (matches.find(({ line }) => line > at) ?? matches[0]) : (matches.findLast(({ line }) => line < at) ?? matches.at(-1))
    if (next) go(next.line)
  }
  if (first.error) return <Problem error={first.error} retry={() => void first.refetch()} />
  if (first.isPending) return <Loading what="the log" rows={16} />
  if (first.data.total === 0) return <Empty why={running ? `Nothing on ${stream} yet.` : `Nothing was written to ${stream}.`} />
  return (
    <>
      <div className="row">
        <SearchField label="Find in the whole log" value={find} onChange={onFind} />
        {find !== '' && (
          <>
            <span role="status">
              {found.data === undefined
                ? 'searching'
                : `${matches.findIndex(({ line }) => line === marked?.from) + 1 || '-'} of ${noun(found.data.total, 'line')}`}
            </span>
            <button type="button" onClick={() => step(-1)} disabled={matches.length === 0} aria-label="Previous match">
              <ArrowUp size={14} aria-hidden="true" />
            </button>
            <button type="button" onClick={() => step(1)} disabled={matches.length === 0} aria-label="Next match">
              <ArrowDown size={14} aria-hidden="true" />
            </button>
          </>
        )}
        <span className="muted">{count(first.data.total)} lines</span>
        {running && (
          <label className="row">
            <input type="checkbox" checked={follow} onChange={({ target }) => setFollow(target.checked)} /> follow
          </label>
        )}
        <a
          href={`/api/v1/builds/${unit.build}/units/${unit.id}/attempts/${attempt.number}/log?stream=${stream}`}
          target="_blank"
          rel="noreferrer"
        >
          raw
        </a>
      </div>
      <LogView
        name={name}
        stream={stream}
        total={first.data.total}
        find={find}
        marked={marked}
        hits={matches.map(({ line }) => line)}
        follow={follow}
        onUnfollow={() => setFollow(false)}
        onLine={go}
      />
    </>
  )
}
