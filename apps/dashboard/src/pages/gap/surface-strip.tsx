import type { Schema } from '../../api/client.ts'
import { statusAt } from './status-at.ts'
import styles from './surface-strip.module.css'

/** What relibc said of a name at each dated surface: absent, stub or implemented, told by height as well as colour. */
export function SurfaceStrip({
  name,
  history,
  dates,
  at,
}: {
  name: string
  history: Schema['GapDetail']['history']
  dates: readonly string[]
  at: readonly string[]
}) {
  const cells = dates.map((date) => ({ date, status: statusAt(history, date), seen: at.includes(date) }))
  const changes = cells.filter(({ status }, index) => index === 0 || status !== cells[index - 1]!.status)
  const sentence = `${name}: ${changes.map(({ date, status }) => `${status} from ${date}`).join(', ')}`
  return (
    <>
      <div className={styles.strip} role="img" aria-label={sentence}>
        {cells.map(({ date, status, seen }) => (
          <span key={date} data-status={status} data-seen={seen} title={`${date}: ${status}${seen ? ', met here' : ''}`} />
        ))}
      </div>
      <p className={styles.ends}>
        <span>{dates[0]}</span>
        <span>{dates.at(-1)}</span>
      </p>
      <ul className={styles.changes}>
        {changes.map(({ date, status }) => (
          <li key={date}>
            <span data-status={status} aria-hidden="true" /> {date} {status}
          </li>
        ))}
      </ul>
    </>
  )
}
