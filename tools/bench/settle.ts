/** Runs in a node before those that count: each learns for the next ones in a part of its own time, until all is learned. */
import { readFileSync } from 'node:fs'
import type { NodeReport } from '@bootgraph/build-graph'

/** At most. */
const RUNS = 25
/** A limit in seconds with which a run learns nothing for others, as that is no part of its own work and might not end in time. */
export const BRIEF = ['--timeout', '80']

/** `report` is of a run that there has been; `run` writes it anew. Gives how many there were until three in a row had the same of earlier ones; what a run learns shows in the next one. */
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
  const { cachedFunctions, compiledFunctions } = (JSON.parse(readFileSync(report, 'utf8')) as NodeReport).measured.counters
  return `${cachedFunctions} ${compiledFunctions}`
}
