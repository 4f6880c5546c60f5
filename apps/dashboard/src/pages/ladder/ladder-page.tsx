/** How far, did it move, what stops it: the rungs, static beside dynamic, for one surface. */
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { Schema } from '../../api/client.ts'
import { ladderQuery, surfacesQuery } from '../../api/queries.ts'
import { Ago } from '../../components/ago.tsx'
import { Digest } from '../../components/digest.tsx'
import { Empty } from '../../components/empty.tsx'
import { Loading } from '../../components/loading.tsx'
import { Pick } from '../../components/pick.tsx'
import { Problem } from '../../components/problem.tsx'
import { useTitle } from '../../shell/title.ts'
import { History } from './history.tsx'
import styles from './ladder-page.module.css'
import { Rungs } from './rungs.tsx'
import { VerdictLine } from './verdict-line.tsx'

const route = getRouteApi('/')
const MODES = ['bridge', 'strict'] as const

export function LadderPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const mode = MODES.find((word) => word === search.mode)
  const choice = { ...(search.surface && { surface: search.surface }), ...(mode && { mode }) }
  const { data: ladder, error, isPending, refetch } = useQuery(ladderQuery(choice))
  const surfaces = useQuery(surfacesQuery)
  const pick = (key: 'surface' | 'mode') => (value: string) =>
    void navigate({ search: (before) => ({ ...before, [key]: value }), replace: true })
  useTitle(
    ladder?.build ? `${ladder.verdicts.map(({ linkage, passed, of }) => `${linkage} ${passed} of ${of}`).join(', ')} - Ladder` : 'Ladder',
  )
  return (
    <div className="stack">
      <header className={styles.head}>
        <h1 className={styles.title}>How far is Redox from building rustc?</h1>
        <div className="row">
          <Pick
            label="Surface"
            value={search.surface ?? ''}
            any="newest measured"
            options={['latest', 'full', ...(surfaces.data?.surfaces.map(({ date }) => date).reverse() ?? [])]}
            onChange={pick('surface')}
          />
          <Pick label="Mode" value={search.mode ?? ''} any="newest measured" options={MODES} onChange={pick('mode')} />
        </div>
      </header>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {isPending && <Loading what="the ladder" rows={18} />}
      {ladder && (
        <>
          {ladder.build === undefined ? (
            <Empty why={choice.surface || choice.mode ? 'No ladder was climbed with these choices.' : 'No ladder was climbed yet.'}>
              <p>
                The planned rungs stand below.{' '}
                <Link to="/start" search={{ stage: 'ladder', ...choice }}>
                  Start a ladder build
                </Link>
              </p>
            </Empty>
          ) : (
            <Measured ladder={ladder} />
          )}
          <Rungs ladder={ladder} open={search.rung} />
          <History choice={choice} rungs={ladder.rungs.length} />
        </>
      )}
    </div>
  )
}

function Measured({ ladder }: { ladder: Schema['Ladder'] }) {
  const { verdicts, build, measuredAt, complete, image, currentImage, surface, mode, toolchain } = ladder
  const stale = currentImage !== undefined && verdicts.some((verdict) => verdict.image !== currentImage)
  return (
    <>
      <div className={styles.verdicts}>
        {verdicts.map((verdict) => (
          <VerdictLine key={verdict.linkage} verdict={verdict} rungs={ladder.rungs} elsewhere={verdict.build !== build} />
        ))}
      </div>
      <p className={styles.facts}>
        <span>{toolchain}</span>
        <span>surface {surface}</span>
        <span>mode {mode}</span>
        {image && (
          <span>
            image <Digest value={image} />
          </span>
        )}
        <span>
          {complete ? 'measured ' : 'being measured since '}
          {measuredAt && <Ago at={measuredAt} />}
        </span>
        {build && (
          <Link to="/builds/$build" params={{ build }}>
            the build
          </Link>
        )}
      </p>
      {stale && (
        <p className={styles.stale} role="note">
          Measured with another node image than the current <Digest value={currentImage} />.{' '}
          <Link to="/start" search={{ stage: 'ladder' }}>
            Measure again
          </Link>
        </p>
      )}
    </>
  )
}
