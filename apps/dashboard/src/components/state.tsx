import { Glyph, type Look } from './glyph.tsx'
import styles from './state.module.css'

/** States of units, attempts, builds and rungs, as the API names them. */
const STATES: Record<string, { look: Look; word?: string }> = {
  built: { look: 'passed' },
  passed: { look: 'passed' },
  succeeded: { look: 'passed' },
  ended: { look: 'passed' },
  cached: { look: 'cached' },
  failed: { look: 'failed' },
  lost: { look: 'failed' },
  blocked: { look: 'blocked' },
  running: { look: 'running' },
  queued: { look: 'queued' },
  ready: { look: 'queued' },
  waiting: { look: 'waiting' },
  planned: { look: 'waiting' },
  cancelled: { look: 'cancelled' },
  'not-run': { look: 'none', word: 'not run' },
  'not-applicable': { look: 'none', word: 'n/a' },
}

export const lookOf = (state: string): Look => STATES[state]?.look ?? 'none'
export const wordOf = (state: string): string => STATES[state]?.word ?? state

/** A state as its square and its word. */
export function State({ state }: { state: string }) {
  const look = lookOf(state)
  return (
    <span className={styles.state} data-look={look}>
      <Glyph look={look} />
      {wordOf(state)}
    </span>
  )
}
