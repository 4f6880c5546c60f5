/** Runs in a node before those that count: each learns for the next ones in a part of its own time, until all is learned. */
import { existsSync, readFileSync } from 'node:fs'
import type { NodeReport } from '@bootgraph/build-graph'

/** At most. */
const RUNS = 25
/** Seconds after which a run would be ended: with so little time it learns nothing for others, which is no part of its own work. */
export const BRIEF = ['--timeout', '80']

/** `run` writes the report. Gives how many there were until three in a row had the same of earlier ones; what a run learns shows in the next one. */
export function settle(report: string, run: () => void): number {
  let settling = 0
  for (let [before, now, same] = ['', learned(report), 0]; same < 2 && settling < RUNS; settling++) {
    run()
    before = now
    now = learned(report)
    same = before === now ? same + 1 : 0
  }
  return settling
}

/** What the last run had from earlier ones, in functions. */
function learned(report: string): string {
  if (!existsSync(report)) return ''
  const { cachedFunctions, compiledFunctions } = (JSON.parse(readFileSync(report, 'utf8')) as NodeReport).measured.counters
  return `${cachedFunctions} ${compiledFunctions}`
}
