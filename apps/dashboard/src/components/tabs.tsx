import { Link, type LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import styles from './tabs.module.css'

interface Tab {
  readonly id: string
  readonly word: ReactNode
  readonly to: LinkProps
  readonly on: boolean
  /** The letter that opens it. */
  readonly letter?: string | undefined
}

/** Views of one page. Each is a link, so that it can be sent. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  return (
    <nav aria-label={label} className={styles.tabs}>
      {tabs.map(({ id, word, to, on, letter }) => (
        // The router marks links by the whole URL; which tab is on the page knows better.
        <Link
          key={id}
          {...to}
          activeProps={{ 'aria-current': undefined }}
          {...(on && { 'aria-current': 'true' as const })}
          data-on={on}
          aria-keyshortcuts={letter}
        >
          {word}
        </Link>
      ))}
    </nav>
  )
}
