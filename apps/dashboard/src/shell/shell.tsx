import { Link, Outlet, useMatches, useRouterState } from '@tanstack/react-router'
import { Contrast, Moon, Plus, Sun } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Connection } from './connection.tsx'
import { Keys } from './keys.tsx'
import { PaletteButton } from './palette-button.tsx'
import styles from './shell.module.css'
import { nextTheme, setTheme, useTheme } from './theme.ts'

const NAV = [
  { to: '/', word: 'Ladder', exact: true },
  { to: '/builds', word: 'Builds', exact: false },
  { to: '/gaps', word: 'Gaps', exact: false },
  { to: '/surfaces', word: 'Surfaces', exact: false },
  { to: '/compare', word: 'Compare', exact: false },
  { to: '/workers', word: 'Workers', exact: false },
] as const

/** What stands around every page. */
export function Shell() {
  const main = useRef<HTMLElement>(null)
  useFocusOnArrival(main)
  return (
    <>
      <a className={styles.skip} href="#main">
        Skip to the page
      </a>
      <header className={styles.bar}>
        <Link to="/" className={styles.name}>
          <Mark />
          bootgraph
        </Link>
        <nav aria-label="Pages">
          {NAV.map(({ to, word, exact }) => (
            <Link key={to} to={to} activeOptions={{ exact, includeSearch: false }}>
              {word}
            </Link>
          ))}
        </nav>
        <div className={styles.tools}>
          <PaletteButton />
          <Link to="/start" className="button" aria-keyshortcuts="t">
            <Plus size={14} aria-hidden="true" />
            Start<span className={styles.wide}> build</span>
          </Link>
          <Connection />
          <ThemeButton />
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <UnknownParameters />
        <Outlet />
      </main>
      <Keys />
    </>
  )
}

function Mark() {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" className={styles.mark}>
      <rect x="1" y="10" width="4" height="4" />
      <rect x="6" y="6" width="4" height="8" />
      <rect x="11" y="2" width="4" height="12" data-top="" />
    </svg>
  )
}

const ICONS = { auto: Contrast, light: Sun, dark: Moon }

function ThemeButton() {
  const theme = useTheme()
  const Icon = ICONS[theme]
  const next = nextTheme(theme)
  return (
    <button type="button" className="plain" onClick={() => setTheme(next)} aria-label={`Theme: ${theme}; change to ${next}`}>
      <Icon size={16} aria-hidden="true" />
    </button>
  )
}

/** A new page starts at its top for the keyboard, too; a change of filters leaves focus where it is. */
function useFocusOnArrival(main: React.RefObject<HTMLElement | null>) {
  const pathname = useRouterState({ select: ({ location }) => location.pathname })
  const before = useRef(pathname)
  useEffect(() => {
    if (before.current === pathname) return
    before.current = pathname
    if (document.querySelector('dialog[open]') === null) main.current?.focus({ preventScroll: true })
  }, [pathname, main])
}

function UnknownParameters() {
  const { search, staticData } = useMatches().at(-1)!
  const unknown = Object.keys(search).filter((key) => !staticData.search?.includes(key))
  if (unknown.length === 0) return null
  return (
    <p className={styles.unknown} role="note">
      This page knows no parameter {unknown.map((key) => `“${key}”`).join(', ')}; it was left aside.
    </p>
  )
}
