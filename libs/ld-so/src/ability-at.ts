/** What ld.so of a date could do, from the dated table (data/ld-so-features.json, which names its sources). */
import rows from '../data/ld-so-features.json' with { type: 'json' }

export { relocationAbility } from './ability.ts'

export interface AbilityAnswer {
  readonly present: boolean
  /** What its absence does to a program that needs it. */
  readonly absence: 'ignored' | 'fails' | 'wrong-result'
  readonly reason: string
}

interface Row {
  readonly '2019-11-27': string
  readonly '2026-08': string
  /** The commit that brought it, where the history says so, and when the main line had it. */
  readonly since?: { readonly date: string; readonly commit: string }
  readonly absence: string
  readonly reason: string
}

const table = rows as Readonly<Record<string, Row>>
/** When the second column was read. */
const NEWEST = '2026-08-01'

/** Every ability that the table has, in its order. */
export const ABILITIES: readonly string[] = Object.keys(table)

/**
 * `date`: YYYY-MM-DD or latest. `partial` counts as there: what part is missing has a row of its own or shows in use. Between the
 * two readings of the sources a row without `since` is taken as it was at the earlier one.
 */
export function abilityAt(name: string, date: string): AbilityAnswer {
  const row = Object.hasOwn(table, name) ? table[name] : undefined
  if (row === undefined) throw new RangeError(`no ability of ld.so is called '${name}'`)
  const newest = date === 'latest' || date >= (row.since?.date ?? NEWEST)
  return {
    present: (newest ? row['2026-08'] : row['2019-11-27']) !== 'no',
    absence: row.absence as AbilityAnswer['absence'],
    reason: row.reason,
  }
}
