import { Link } from '@tanstack/react-router'
import type { Schema } from '../../api/client.ts'
import { Ago } from '../../components/ago.tsx'
import { State } from '../../components/state.tsx'
import { took, visible } from '../../format.ts'
import styles from './side.module.css'

/** Every attempt is kept; the one that the page shows is marked. */
export function Attempts({ unit, shown }: { unit: Schema['UnitDetail']; shown: number | undefined }) {
  if (unit.attempts.length === 0) return null
  return (
    <section aria-labelledby="attempts">
      <h2 id="attempts">Attempts</h2>
      <ol className={styles.attempts}>
        {unit.attempts.toReversed().map(({ number, state, cached, worker, stages, error }) => {
          const { started, ended, queued } = stages as Record<string, number | undefined>
          return (
            <li key={number} data-shown={number === shown}>
              <Link
                to="/builds/$build/units/$unit"
                params={{ build: unit.build, unit: unit.id }}
                search={(before) => ({ ...before, attempt: String(number) })}
                activeProps={{ 'aria-current': undefined }}
                {...(number === shown && { 'aria-current': 'true' as const })}
              >
                {number}
              </Link>
              <State state={cached && state === 'succeeded' ? 'cached' : state} />
              <span className="muted">
                {started !== undefined && ended !== undefined ? took(ended - started) : ''} {worker}{' '}
                {queued !== undefined && <Ago at={new Date(queued).toISOString()} />}
              </span>
              {error && <p>{visible(error)}</p>}
            </li>
          )
        })}
      </ol>
    </section>
  )
}
