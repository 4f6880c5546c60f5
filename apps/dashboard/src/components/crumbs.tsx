import { Link, type LinkProps } from '@tanstack/react-router'
import styles from './crumbs.module.css'

/** The way to this page; the last member is the page itself. */
export function Crumbs({ way, here }: { way: readonly { word: string; to: LinkProps }[]; here: string }) {
  return (
    <nav aria-label="Breadcrumb" className={styles.crumbs}>
      <ol>
        {way.map(({ word, to }) => (
          <li key={word}>
            <Link {...to}>{word}</Link>
          </li>
        ))}
        <li aria-current="page">{here}</li>
      </ol>
    </nav>
  )
}
