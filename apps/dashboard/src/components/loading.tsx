import { useEffect, useState } from 'react'
import styles from './loading.module.css'

/** Rows of the final height in place of what is on its way; shown only if it takes longer than a blink. */
export function Loading({ rows = 8, what }: { rows?: number; what: string }) {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 150)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div className={styles.loading} data-late={late} role="status" style={{ height: `calc(${rows} * var(--row))` }}>
      <span className="hidden">loading {what}</span>
    </div>
  )
}
