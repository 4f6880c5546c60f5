/** One gap: where, since when, until when, and who waits. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { Schema } from '../../api/client.ts'
import { type GapPath, gapQuery, occurrencesQuery, surfacesQuery } from '../../api/queries.ts'
import { Ago } from '../../components/ago.tsx'
import { Copy } from '../../components/copy.tsx'
import { Crumbs } from '../../components/crumbs.tsx'
import { Facts } from '../../components/facts.tsx'
import { Loading } from '../../components/loading.tsx'
import { Occurrence } from '../../components/occurrence.tsx'
import { Problem } from '../../components/problem.tsx'
import { Truth } from '../../components/truth.tsx'
import { count, noun } from '../../format.ts'
import { closes, gapWords, kindWord, use } from '../../gap-words.ts'
import { useTitle } from '../../shell/title.ts'
import { BlockedUnits } from './blocked-units.tsx'
import { gapMarkdown } from './gap-markdown.ts'
import styles from './gap-page.module.css'
import { SurfaceStrip } from './surface-strip.tsx'

const route = getRouteApi('/gaps/$truth/$component/$kind/$name')

export function GapPage() {
  const path = route.useParams() as GapPath
  const { data, error, isPending, refetch } = useQuery(gapQuery(path))
  useTitle(`${path.name} - Gaps`)
  return (
    <div className="stack">
      <Crumbs
        way={[
          { word: 'Gaps', to: { to: '/gaps' } },
          { word: path.component, to: { to: '/gaps', search: { component: path.component } } },
          { word: kindWord(path.kind), to: { to: '/gaps', search: { component: path.component, kind: path.kind } } },
        ]}
        here={path.name}
      />
      {!data && <h1>{path.name}</h1>}
      {error && <Problem error={error} retry={() => void refetch()} />}
      {isPending && <Loading what="the gap" />}
      {data && <Detail detail={data} path={path} />}
    </div>
  )
}

function Detail({ detail: { gap, history, blocked }, path }: { detail: Schema['GapDetail']; path: GapPath }) {
  const surfaces = useQuery(surfacesQuery)
  return (
    <>
      <header className={styles.head}>
        <h1>{gapWords(gap)}</h1>
        <Truth kind={gap.truth} />
        <Copy text={gapMarkdown(gap, location.href)} label="copy as Markdown" />
      </header>
      <p className={styles.verdict}>
        {gap.state === 'open' ? 'Open' : 'Closed'}
        {gap.closedAt && (
          <>
            {' '}
            <Ago at={gap.closedAt} />
          </>
        )}
        ; holds up <b>{noun(gap.blocks, 'unit')}</b>, of which <b>{count(gap.freesAlone)}</b> wait for nothing else. Closes at:{' '}
        {closes(gap)}.
      </p>
      <div className={styles.columns}>
        <section aria-labelledby="facts">
          <h2 id="facts">Seen in builds</h2>
          <Facts
            rows={[
              ['first seen', <Ago key="first" at={gap.firstSeen} />],
              ['last seen', <Ago key="last" at={gap.lastSeen} />],
              ['met by', `${noun(gap.units, 'unit')} of the newest builds, ${count(gap.stops)} stopped`],
              ['use', use(gap)],
              ['compiler', gap.linkages.join(', ')],
              ['rungs', gap.rungs.join(', ')],
              ['surfaces', gap.surfaces.join(', ')],
            ]}
          />
        </section>
        {history.length > 0 && surfaces.data && (
          <section aria-labelledby="strip">
            <h2 id="strip">In relibc, by surface date</h2>
            <SurfaceStrip name={gap.name} history={history} dates={surfaces.data.surfaces.map(({ date }) => date)} at={gap.surfaces} />
          </section>
        )}
      </div>
      {blocked.length > 0 && <BlockedUnits units={blocked} />}
      <Occurrences path={path} />
      <p className="row">
        <Link to="/start" search={{ stage: 'ladder', ...(gap.closesAt && { surface: gap.closesAt }) }} className="button">
          Test with another surface
        </Link>
      </p>
    </>
  )
}

function Occurrences({ path }: { path: GapPath }) {
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(occurrencesQuery(path))
  const rows = data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <section aria-labelledby="occurrences" className="stack">
      <h2 id="occurrences">Who met it</h2>
      {error && <Problem error={error} />}
      {rows.map((row) => (
        <Occurrence key={row.id} occurrence={row} unit />
      ))}
      {hasNextPage && (
        <button type="button" onClick={() => void fetchNextPage()} disabled={isFetchingNextPage}>
          Older
        </button>
      )}
    </section>
  )
}
