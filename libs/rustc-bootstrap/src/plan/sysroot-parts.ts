/** Two sysroots that actions see: the C library for a linker, and crates of the target where the compiler looks for its own. */
import { dirname } from 'node:path/posix'
import type { InputPart, UnitPlan } from '@bootgraph/build-graph'
import type { PlanContext } from './drafts.ts'
import { TARGET } from './stage.ts'

/** Guest folder of crt files and C library. */
export const SYSROOT = '/sysroot'

export const sysrootPart = ({ inputs }: PlanContext): InputPart[] =>
  inputs.sysroot ? [{ tree: inputs.sysroot, at: SYSROOT.slice(1) }] : []

const rlibOf = (unit: UnitPlan): string | undefined =>
  unit.draft?.outputs.find((path) => path.startsWith(`/target/${TARGET}/`) && path.endsWith('.rlib'))

export const hasRlib = (unit: UnitPlan): boolean => rlibOf(unit) !== undefined

/** A built crate of the target, shown as one that came with the compiler. */
export function crateOfTarget(unit: UnitPlan): InputPart {
  return { outputsOf: unit.id, from: dirname(rlibOf(unit) ?? ''), at: `usr/lib/rustlib/${TARGET}/lib` }
}
