/** One unit: why it failed, what it said, why it ran. */
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import type { Schema } from '../../api/client.ts'
import { unitQuery } from '../../api/queries.ts'
import { buildName } from '../../build-words.ts'
import { Crumbs } from '../../components/crumbs.tsx'
import { GapLink } from '../../components/gap-link.tsx'
import { Loading } from '../../components/loading.tsx'
import { Problem } from '../../components/problem.tsx'
import { State, wordOf } from '../../components/state.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { noun, took, visible } from '../../format.ts'
import { useTitle } from '../../shell/title.ts'
import { Attempts } from './attempts.tsx'
import { Files } from './files.tsx'
import { Neighbours } from './neighbours.tsx'
import { Pair } from './pair.tsx'
import { Result } from './result.tsx'
import { RunAgain } from './run-again.tsx'
import styles from './unit-page.module.css'
import { Why } from './why.tsx'

/** The viewer of logs is the heaviest view, and often not needed. */
const Log = lazy(async () => ({ default: (await import('./log.tsx')).Log }))

const route = getRouteApi('/builds/$build/units/$unit')
const VIEWS: readonly { readonly id: 'result' | 'log' | 'why' | 'files' | 'pair'; readonly word: string; readonly letter?: string }[] = [
  { id: 'result', word: 'Result' },
  { id: 'log', word: 'Log' },
  { id: 'why', word: 'Why it ran', letter: 'x' },
  { id: 'files', word: 'Files' },
  { id: 'pair', word: 'Static | dynamic' },
]

export function UnitPage() {
  const { build, unit: id } = route.useParams()
  const search = route.useSearch()
  const { data: unit, error, isPending, refetch } = useQuery(unitQuery(build, id))
  useTitle(unit ? `${wordOf(unit.state)} - ${unit.name} - ${buildName(build)}` : id)
  const view = VIEWS.find((one) => one.id === search.view)?.id ?? 'result'
  return (
    <div className="stack">
      <Crumbs
        way={[
          { word: 'Builds', to: { to: '/builds' } },
          { word: buildName(build), to: { to: '/builds/$build', params: { build } } },
          { word: 'Units', to: { to: '/builds/$build/units', params: { build } } },
        ]}
        here={unit?.name ?? id}
      />
      {!unit && <h1>{id}</h1>}
      {error && <Problem error={error} retry={() => void refetch()} />}
      {isPending && <Loading what="the unit" />}
      {unit && (
        <>
          <Head unit={unit} />
          <Tabs
            label="Views of this unit"
            tabs={VIEWS.map(({ id: to, word, letter }) => ({
              id: to,
              word,
              letter,
              on: to === view,
              to: {
                to: '/builds/$build/units/$unit',
                params: { build, unit: id },
                search: { ...(to !== 'result' && { view: to }), ...(search.attempt && { attempt: search.attempt }) },
              },
            }))}
          />
          <div className={styles.columns}>
            <div className={styles.view}>
              <View view={view} unit={unit} />
            </div>
            <aside className={styles.side} aria-label="Around this unit">
              <Attempts unit={unit} shown={attemptOf(unit, search.attempt)?.number} />
              <Neighbours unit={unit} />
            </aside>
          </div>
        </>
      )}
    </div>
  )
}

/** The attempt that the URL names, else the last one. */
const attemptOf = (unit: Schema['UnitDetail'], named: string | undefined): Schema['Attempt'] | undefined =>
  unit.attempts.find(({ number }) => String(number) === named) ?? unit.attempts.at(-1)

function View({ view, unit }: { view: (typeof VIEWS)[number]['id']; unit: Schema['UnitDetail'] }) {
  const search = route.useSearch()
  const attempt = attemptOf(unit, search.attempt)
  switch (view) {
    case 'result':
      return <Result unit={unit} attempt={attempt} />
    case 'log':
      return (
        <Suspense fallback={<Loading what="the log" rows={16} />}>
          <Log unit={unit} attempt={attempt} />
        </Suspense>
      )
    case 'why':
      return <Why build={unit.build} unit={unit.id} />
    case 'files':
      return <Files unit={unit} />
    case 'pair':
      return <Pair build={unit.build} unit={unit.id} />
  }
}

function Head({ unit }: { unit: Schema['UnitDetail'] }) {
  const { build, id, name, kind, stage, linkage, state, milliseconds, gap, message, blockedBy, blockedByName, blocks } = unit
  return (
    <header className={styles.head}>
      <div className={styles.title}>
        <h1>
          {visible(name)} <State state={state} />
        </h1>
        {(state === 'failed' || state === 'cancelled') && <RunAgain build={build} unit={id} />}
      </div>
      <p className="muted">
        {[kind.replaceAll('-', ' '), stage, linkage && `${linkage} compiler`, milliseconds !== undefined && `took ${took(milliseconds)}`]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <p className={styles.sentence}>
        {gap ? <GapLink gap={gap} /> : message ? visible(message) : null}
        {blockedBy && (
          <>
            Behind{' '}
            <Link to="/builds/$build/units/$unit" params={{ build, unit: blockedBy }}>
              {visible(blockedByName ?? blockedBy)}
            </Link>
            , which did not end well.{' '}
          </>
        )}
        {blocks > 0 && (
          <>
            {(gap || message) && '. '}
            <Link to="/builds/$build/graph" params={{ build }} search={{ mark: `blocked-by:${id}`, unit: id }}>
              {noun(blocks, 'unit stands', 'units stand')} behind
            </Link>
            .
          </>
        )}
      </p>
    </header>
  )
}
