import { useConnection } from '../api/live.ts'
import { absolute } from '../format.ts'
import styles from './connection.module.css'

/** Whether what stands on the page is live, and if not, as of when. */
export function Connection() {
  const { state, asOf } = useConnection()
  const time = absolute(asOf).slice(11, 19)
  const word = state === 'live' || state === 'connecting' ? state : `${state}, as of ${time}`
  return (
    <span className={styles.connection} data-connection={state} role="status">
      <span>{word}</span>
    </span>
  )
}
