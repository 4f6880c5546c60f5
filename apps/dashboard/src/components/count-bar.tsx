import styles from './count-bar.module.css'
import { lookOf, wordOf } from './state.tsx'

/** Shares of a whole as one bar; the same numbers stand beside it as words, so the bar itself is a picture with a sentence. */
export function CountBar({ total, parts }: { total: number; parts: readonly { state: string; n: number }[] }) {
  const shown = parts.filter(({ n }) => n > 0)
  const sentence = `${total} units: ${shown.map(({ state, n }) => `${n} ${wordOf(state)}`).join(', ')}`
  return (
    <div className={styles.bar} role="img" aria-label={sentence} title={sentence}>
      {shown.map(({ state, n }) => (
        <span key={state} data-look={lookOf(state)} style={{ flexGrow: n }} />
      ))}
    </div>
  )
}
