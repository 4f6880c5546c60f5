import { Link } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import type { Schema } from '../../api/client.ts'
import { serverNow } from '../../api/clock.ts'
import { Glyph } from '../../components/glyph.tsx'
import { took } from '../../format.ts'
import styles from './running-now.module.css'

/** Which worker is at what, and for how long. */
export function RunningNow({ build, units }: { build: string; units: readonly Schema['RunningUnit'][] }) {
  const [now, setNow] = useState(serverNow)
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), 1000)
    return () => clearInterval(timer)
  }, [])
  // Room for as many as were ever seen here: what stands below does not move when one ends.
  const most = useRef(2)
  most.current = Math.max(most.current, units.length)
  return (
    <section aria-labelledby="now">
      <h2 id="now">Running now</h2>
      <ul className={styles.now} style={{ minHeight: `calc(${most.current} * var(--row))` }}>
        {units.map(({ id, name, worker, since, expected }) => {
          const age = Math.max(0, now - Date.parse(since))
          return (
            <li key={id}>
              <Glyph look="running" />
              <Link to="/builds/$build/units/$unit" params={{ build, unit: id }} search={{ view: 'log' }}>
                {name}
              </Link>
              <span>
                {took(age)} <span className="muted">{expected > 0 && `of about ${took(expected)}`}</span>
              </span>
              <span className="muted">{worker}</span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
