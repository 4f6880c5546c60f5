/** How long a unit takes while nothing is recorded: what native rustc took, times what a node costs. */
import type { UnitKind } from '@bootgraph/build-graph'
import native from '../../data/native-seconds.json' with { type: 'json' }

/** CPU of a node per CPU of native rustc over all of stage 1: totals.cpu.ratio (13.7) of docs/bootstrap/stage1-dynamic-target-dynamic.json. */
const NODE = 14
/** Seconds of CPU of a crate that nobody measured. */
const UNKNOWN = 1

/** Milliseconds. */
export function expectedTime(crate: string, kind: UnitKind): number {
  if (kind === 'run-build-script') return 2_000
  const seconds = kind === 'build-script' ? 0.5 : ((native.seconds as Readonly<Record<string, number>>)[crate] ?? UNKNOWN)
  return Math.round(seconds * NODE * 1000)
}
