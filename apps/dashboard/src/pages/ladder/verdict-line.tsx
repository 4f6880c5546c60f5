import { Link } from '@tanstack/react-router'
import type { Schema } from '../../api/client.ts'
import { Ago } from '../../components/ago.tsx'
import { GapLink } from '../../components/gap-link.tsx'
import styles from './verdict-line.module.css'

interface VerdictProps {
  readonly verdict: Schema['Verdict']
  readonly rungs: readonly Schema['Rung'][]
  /** It is of another build than the page's. */
  readonly elsewhere: boolean
}

/** One linkage in one sentence: passed and reached are two facts. */
export function VerdictLine({ verdict, rungs, elsewhere }: VerdictProps) {
  const { linkage, passed, of, reached, stoppedBy, build, measuredAt } = verdict
  const at = rungs.findIndex(({ id }) => id === reached)
  return (
    <section className={styles.verdict} aria-label={`${linkage} compiler`} data-linkage={linkage}>
      <h2>{linkage}</h2>
      <p className={styles.score}>
        <b>
          {passed} of {of}
        </b>{' '}
        passed
        {at >= 0 && (
          <span className="muted">
            , reached {at + 1} {rungs[at]!.title}
          </span>
        )}
      </p>
      <div className={styles.pips} aria-hidden="true">
        {rungs.map((rung) => (
          <span key={rung.id} data-state={rung[linkage].state} title={rung.title} />
        ))}
      </div>
      <p>
        {stoppedBy ? (
          <>
            stopped by <GapLink gap={stoppedBy} />
          </>
        ) : (
          <span className="muted">{passed === of ? 'nothing stops it' : 'no gap stops it so far'}</span>
        )}
      </p>
      {elsewhere && (
        <p className="muted">
          measured <Ago at={measuredAt} /> in{' '}
          <Link to="/builds/$build" params={{ build }}>
            another build
          </Link>
        </p>
      )}
    </section>
  )
}
