import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import type { Schema } from '../../api/client.ts'
import styles from './surfaces-page.module.css'

/** Symbols over the dates, stubs on top; a bar leads to its date. */
export function Growth({ surfaces, at }: { surfaces: readonly Schema['Surface'][]; at: string }) {
  const most = Math.max(1, ...surfaces.map(({ implemented, stubs }) => implemented + stubs))
  const share = (n: number) => `${(100 * n) / most}%`
  const bars = useRef<HTMLElement>(null)
  // Where not all dates have room, the chosen one is in the middle.
  useEffect(() => {
    const chosen = bars.current?.querySelector<HTMLElement>(`[data-date="${at}"]`)
    if (bars.current && chosen) bars.current.scrollLeft = chosen.offsetLeft - bars.current.offsetLeft - bars.current.clientWidth / 2
  }, [at])
  return (
    <nav ref={bars} aria-label="Surface dates" className={styles.growth}>
      {surfaces.map(({ date, implemented, stubs }) => (
        <Link
          key={date}
          data-date={date}
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
