/** How long a build still takes, as a range out of recorded durations; nothing where they say too little. */
import { criticalPath } from './graph.ts'

/** A unit that has not ended. Durations in milliseconds. */
export interface OpenUnit {
  readonly id: string
  readonly needs: readonly string[]
  readonly expected: number
  /** When it began to run; null before. */
  readonly since: string | null
  /** Of all recorded runs of this unit; null if there is none. */
  readonly shortest: number | null
  readonly longest: number | null
}

export interface TimeLeft {
  readonly least: number
  readonly most: number
}

/** Part of a build's expected work that recorded durations must cover. */
const KNOWN = 0.2
/** How far off a duration may be that nobody recorded. */
const GUESS = 2

/** What is left of a duration for a unit that may be running. */
export const remaining = (duration: number, { since }: Pick<OpenUnit, 'since'>, now: number): number =>
  since === null ? duration : Math.max(0, duration - (now - Date.parse(since)))

/**
 * @param done expected work of the units that ran to their end: their durations are recorded.
 * @param now milliseconds since the epoch.
 */
export function timeLeft(open: readonly OpenUnit[], done: number, slots: number, now: number): TimeLeft | undefined {
  const work = (units: readonly { readonly expected: number }[]): number => units.reduce((sum, { expected }) => sum + expected, 0)
  const known = done + work(open.filter(({ longest }) => longest !== null))
  if (slots === 0 || known === 0 || known < KNOWN * (done + work(open))) return undefined
  const shortest = open.map((unit) => ({ ...unit, expected: remaining(unit.shortest ?? unit.expected / GUESS, unit, now) }))
  const longest = open.map((unit) => ({ ...unit, expected: remaining(unit.longest ?? unit.expected * GUESS, unit, now) }))
  return {
    least: Math.max(work(criticalPath(shortest)), work(shortest) / slots),
    // No order of work that leaves no slot idle takes longer (Graham 1969, Bounds on Multiprocessing Timing Anomalies).
    most: work(longest) / slots + (1 - 1 / slots) * work(criticalPath(longest)),
  }
}
