/** Rows that do not move under a pointer or a caret. Pure. */

export interface Held<T> {
  readonly rows: readonly T[]
  /** Rows that would move, come or go if the order were let go. */
  readonly pending: number
}

/**
 * `before` keeps its order and loses no row; rows in both take their new content, rows that only follow at the end are
 * added, because they move nothing.
 */
export function holdOrder<T>(before: readonly T[], now: readonly T[], keyOf: (row: T) => string): Held<T> {
  const fresh = new Map(now.map((row) => [keyOf(row), row]))
  const known = new Set(before.map(keyOf))
  const kept = before.map((row) => fresh.get(keyOf(row)) ?? row)
  const lastKnown = now.findLastIndex((row) => known.has(keyOf(row)))
  const added = now.slice(lastKnown + 1)
  const rows = [...kept, ...added]
  const pending = new Set(
    [...rows.map(keyOf), ...fresh.keys()].filter(
      (key) => rows.findIndex((row) => keyOf(row) === key) !== now.findIndex((row) => keyOf(row) === key),
    ),
  )
  return { rows, pending: pending.size }
}
