import { Link } from '@tanstack/react-router'
import type { Schema } from '../../api/client.ts'
import styles from './surfaces-page.module.css'

/** Symbols over the dates, stubs on top; a bar leads to its date. */
export function Growth({ surfaces, at }: { surfaces: readonly Schema['Surface'][]; at: string }) {
  const most = Math.max(1, ...surfaces.map(({ implemented, stubs }) => implemented + stubs))
  const share = (n: number) => `${(100 * n) / most}%`
  return (
    <nav aria-label="Surface dates" className={styles.growth}>
      {surfaces.map(({ date, implemented, stubs }) => (
        <Link
          key={date}
          to="/surfaces"
          search={(before) => ({ ...before, date })}
          replace
          aria-label={`${date}: ${implemented} implemented, ${stubs} stubs`}
          title={`${date}: ${implemented} implemented, ${stubs} stubs`}
          activeProps={{ 'aria-current': undefined }}
          {...(date === at && { 'aria-current': 'true' as const })}
        >
          <span style={{ height: share(stubs) }} data-kind="stub" />
          <span style={{ height: share(implemented) }} data-kind="implemented" />
        </Link>
      ))}
    </nav>
  )
}
