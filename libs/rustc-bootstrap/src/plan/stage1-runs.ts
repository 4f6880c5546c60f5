/** The compiler that stage 1 has made, started in a node: a program for Redox that ld.so puts together. */
import { dirname } from 'node:path/posix'
import type { InputPart, Linkage, UnitPlan } from '@bootgraph/build-graph'
import { draft, type PlanContext } from './drafts.ts'
import { crateOfTarget } from './sysroot-parts.ts'

/** @param crates the stage's own units; `upon` those of the standard library. */
export function stage1Runs(linkage: Linkage, crates: readonly UnitPlan[], upon: readonly UnitPlan[], context: PlanContext): UnitPlan[] {
  const made = (name: string) => crates.find(({ kind, crate }) => kind === 'compile' && crate === name)
  const [program, driver] = [made('rustc_main'), made('rustc_driver')]
  const path = program?.draft?.outputs[0]
  if (program === undefined || driver === undefined || path === undefined) return []
  const std = upon.filter(({ crate }) => crate === 'std').map(crateOfTarget)
  return [
    {
      id: `stage1-${linkage}-runs`,
      name: 'stage-1 rustc says its version',
      stage: 'stage1',
      kind: 'rung-step',
      linkage,
      rung: 'stage1-runs',
      needs: [program.id],
      draft: draft(context, linkage, {
        command: [path, '--version'],
        env: { LD_LIBRARY_PATH: [dirname(path), ...std.map(({ at }) => `/${at}`)].join(':') },
        cwd: '/',
        // As hello's: what crate libc of that time declares.
        abi: 'redox-2019-11',
        inputs: [...[program, driver].map((unit): InputPart => ({ outputsOf: unit.id })), ...std],
        outputs: [],
      }),
      criterion: { code: 0, stdout: '^rustc \\d+\\.\\d+\\.\\d+' },
      expected: 10_000,
    },
  ]
}
