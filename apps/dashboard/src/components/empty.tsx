import type { ReactNode } from 'react'
import styles from './notice.module.css'

/** Why there is nothing here, and what to do about it. */
export function Empty({ why, children }: { why: string; children?: ReactNode }) {
  return (
    <div className={styles.notice} data-kind="empty">
      <div>
        <h2>{why}</h2>
        {children}
      </div>
    </div>
  )
}
