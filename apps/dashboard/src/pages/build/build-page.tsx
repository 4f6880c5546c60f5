/** One build: what it is doing, what failed, when it is done. */
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { Schema } from '../../api/client.ts'
import { buildQuery } from '../../api/queries.ts'
import { buildCommand, buildLook, buildName, choices, countParts, left, verdict } from '../../build-words.ts'
import { Ago } from '../../components/ago.tsx'
import { Command } from '../../components/command.tsx'
import { CountBar } from '../../components/count-bar.tsx'
import { Crumbs } from '../../components/crumbs.tsx'
import { Digest } from '../../components/digest.tsx'
import { Equation } from '../../components/equation.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { Loading } from '../../components/loading.tsx'
import { Problem } from '../../components/problem.tsx'
import { lookOf } from '../../components/state.tsx'
import { took } from '../../format.ts'
import { useTitle } from '../../shell/title.ts'
import { Blockers } from './blockers.tsx'
import { BuildActions } from './build-actions.tsx'
import styles from './build-page.module.css'
import { RunningNow } from './running-now.tsx'
import { Spoken } from './spoken.tsx'

const route = getRouteApi('/builds/$build')

export function BuildPage() {
  const { build: id } = route.useParams()
  const { data: build, error, isPending, refetch } = useQuery(buildQuery(id))
  useTitle(build ? `${verdict(build)} - ${buildName(id)}` : buildName(id))
  return (
    <div className="stack">
      <Crumbs way={[{ word: 'Builds', to: { to: '/builds' } }]} here={buildName(id)} />
      {!build && <h1>{buildName(id)}</h1>}
      {error && <Problem error={error} retry={() => void refetch()} />}
      {isPending && <Loading what="the build" />}
      {build && <Overview build={build} />}
    </div>
  )
}

function Overview({ build }: { build: Schema['BuildDetail'] }) {
  const parts = countParts(build)
  const params = { build: build.id }
  return (
    <>
      <header className={styles.head}>
        <h1>
          <Glyph look={lookOf(buildLook(build))} size={18} /> {verdict(build)}
        </h1>
        <BuildActions build={build} />
      </header>
      <p className={styles.facts}>
        {choices(build.request).map((choice) => (
          <span key={choice}>{choice}</span>
        ))}
        <span>
          image <Digest value={build.request.image} />
        </span>
        <span>
          by {build.triggeredBy} <Ago at={build.createdAt} />
        </span>
        {build.endedAt && <span>took {took(Date.parse(build.endedAt) - Date.parse(build.createdAt))}</span>}
      </p>
      <section aria-label="Progress" className={styles.progress}>
        <Equation total={build.counts.total} of="planned" parts={parts} />
        <CountBar total={build.counts.total} parts={parts} />
        {build.state === 'running' && <Eta build={build} />}
      </section>
      <nav aria-label="Of this build" className="row">
        <Link to="/builds/$build/units" params={params} className="button" aria-keyshortcuts="u">
          Units
        </Link>
        <Link to="/builds/$build/graph" params={params} className="button">
          Graph
        </Link>
        <Link to="/compare" search={{ a: build.id }} className="button">
          Compare with …
        </Link>
      </nav>
      {build.state === 'running' && <RunningNow build={build.id} units={build.running} />}
      {build.blockers.length > 0 && <Blockers build={build.id} blockers={build.blockers} blocked={build.counts.blocked} />}
      <section aria-labelledby="again">
        <h2 id="again">The same build from the command line</h2>
        <Command line={buildCommand(build.request)} />
      </section>
      {build.criticalPath.length > 0 && (
        <section aria-labelledby="path">
          <h2 id="path">Critical path</h2>
          <ol className={styles.path}>
            {build.criticalPath.map(({ id, name, expected }) => (
              <li key={id}>
                <Link to="/builds/$build/units/$unit" params={{ ...params, unit: id }}>
                  {name}
                </Link>{' '}
                <span className="muted">about {took(expected)}</span>
              </li>
            ))}
          </ol>
          <p className="muted">
            <Link to="/builds/$build/graph" params={params} search={{ mark: 'critical' }}>
              Show it in the graph
            </Link>
          </p>
        </section>
      )}
      <Spoken text={`${buildName(build.id)}: ${verdict(build)}`} />
    </>
  )
}

/** Predicted, and said so: a range from recorded durations and the slots there are, or none. */
function Eta({ build }: { build: Schema['BuildDetail'] }) {
  if (build.left === undefined) return <p className="muted">No estimate yet for the {left(build.counts)} that are left.</p>
  return (
    <p>
      <b>
        {took(build.left.least)} to {took(build.left.most)}
      </b>{' '}
      left <span className="muted">(predicted from recorded durations and the workers there are)</span>
    </p>
  )
}
