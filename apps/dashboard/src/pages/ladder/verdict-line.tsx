import type { Schema } from '../../api/client.ts'
import { GapLink } from '../../components/gap-link.tsx'
import styles from './verdict-line.module.css'

/** One linkage in one sentence: passed and reached are two facts. */
export function VerdictLine({ verdict, rungs }: { verdict: Schema['Verdict']; rungs: readonly Schema['Rung'][] }) {
  const { linkage, passed, of, reached, stoppedBy } = verdict
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
    </section>
  )
}
