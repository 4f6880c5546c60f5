import { Link, type LinkProps } from '@tanstack/react-router'
import { Fragment } from 'react'
import { count } from '../format.ts'
import styles from './equation.module.css'
import { Glyph } from './glyph.tsx'
import { lookOf, wordOf } from './state.tsx'

export interface Part {
  readonly state: string
  readonly n: number
  /** Where exactly these rows are listed. */
  readonly to: LinkProps
  /** Counts as not ended: these parts stand in the bracket. */
  readonly left?: boolean
}

/** True if the parts add up: what does not is shown with a mark, never corrected here. */
export const sumsUp = (total: number, parts: readonly Pick<Part, 'n'>[]): boolean => parts.reduce((sum, { n }) => sum + n, 0) === total

/** `254 planned = 96 built + … + [ 2 running + … = 113 left ]`, each number a link to its rows. */
export function Equation({ total, of, parts }: { total: number; of: string; parts: readonly Part[] }) {
  const ended = parts.filter((part) => !part.left)
  const left = parts.filter((part) => part.left)
  const remaining = left.reduce((sum, { n }) => sum + n, 0)
  // No number has more digits than the total: with that much room for each, a running build moves nothing.
  const roomFor = (state: string) =>
    left.length > 0 ? { minWidth: `calc(${count(total).length + wordOf(state).length}ch + 20px)` } : undefined
  return (
    <p className={styles.equation} data-equation>
      <b data-total={total}>{count(total)}</b> {of}
      {ended.map((part, index) => (
        <Fragment key={part.state}>
          {' '}
          {index === 0 ? '=' : '+'} <Addend part={part} room={roomFor(part.state)} />
        </Fragment>
      ))}
      {left.length > 0 && (
        <span className={styles.bracket}>
          {' '}
          {ended.length === 0 ? '=' : '+'} [{' '}
          {left.map((part, index) => (
            <Fragment key={part.state}>
              {index > 0 && ' + '}
              <Addend part={part} room={roomFor(part.state)} />
            </Fragment>
          ))}{' '}
          = {count(remaining)} left ]
        </span>
      )}
      {!sumsUp(total, parts) && (
        <strong className={styles.defect} role="alert">
          {' '}
          these counts do not add up; reload, and report it if they still do not
        </strong>
      )}
    </p>
  )
}

function Addend({ part, room }: { part: Part; room: { minWidth: string } | undefined }) {
  return (
    <Link {...part.to} className={styles.addend} data-n={part.n} data-state={part.state} style={room}>
      <Glyph look={lookOf(part.state)} size={12} />
      <b>{count(part.n)}</b> {wordOf(part.state)}
    </Link>
  )
}
