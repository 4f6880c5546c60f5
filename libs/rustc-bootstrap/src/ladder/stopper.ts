/** Which gap ended a run. */
import type { Gap, NodeReport } from '@bootgraph/build-graph'

/**
 * The gap that the node's last message names; else, where the run ended for a gap, a signal or a defect, the last one it
 * met. A program that merely exits with another code is stopped by what it says, unless it met a wall that no mode takes down.
 */
export function stoppingGap(report: NodeReport): Gap | undefined {
  const { message, reason } = report.exit
  const words = new Set(message?.split(/[^\w.$@]+/).map((word) => word.replace(/^\.+|\.+$/g, '')))
  const named = report.gaps.findLast((gap) => words.has(gap.name))
  if (named) return named
  if (reason === 'gap') return report.gaps.at(-1)
  if (reason === 'signal' || reason === 'defect') return report.gaps.findLast((gap) => gap.truth === 'model')
  return report.gaps.findLast((gap) => gap.kind === 'dlopen-in-static-image')
}
