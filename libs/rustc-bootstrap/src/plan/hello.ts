/** Hello world for Redox upon the standard library that a stage built: compiled and linked in one node, run in another. */
import type { Linkage, UnitPlan } from '@bootgraph/build-graph'
import { RUST } from '../ladder/programs.ts'
import { Interpreter, linkFlags, programFlags } from '../link.ts'
import { draft, type PlanContext } from './drafts.ts'
import { STAGES, stageRustflags, TARGET } from './stage.ts'
import { crateOfTarget, SYSROOT, sysrootPart } from './sysroot-parts.ts'

const HELLO = '/work/hello'

/** @param crates the units that made the target's crates. */
export function helloUnits(linkage: Linkage, crates: readonly UnitPlan[], context: PlanContext): UnitPlan[] {
  const { inputs, blobs, request } = context
  const about = { stage: 'std', kind: 'rung-step', linkage, rung: 'std-hello' } as const
  const id = (step: string): string => `std-${linkage}-hello-${step}`
  const flags = request.targetLinkage === 'dynamic' ? stageRustflags(STAGES[0], 'dynamic').slice(1) : []
  return [
    {
      ...about,
      id: id('link'),
      name: 'link hello world on that std',
      needs: crates.map((crate) => crate.id),
      draft: draft(context, linkage, {
        command: [
          'rustc',
          '--edition=2021',
          '--target',
          TARGET,
          'hello.rs',
          '-o',
          HELLO,
          ...flags,
          ...linkFlags(SYSROOT),
          ...programFlags(SYSROOT, request.targetLinkage === 'dynamic' ? Interpreter.redox : undefined),
        ],
        env: { PATH: inputs.path.join(':') },
        cwd: '/work',
        inputs: [...crates.map(crateOfTarget), ...sysrootPart(context), { tree: blobs.files({ 'hello.rs': RUST.hello }), at: 'work' }],
        outputs: [HELLO],
      }),
      criterion: { code: 0, forms: [{ path: HELLO, form: 'elf-image' }] },
      expected: 60_000,
    },
    {
      ...about,
      id: id('run'),
      name: 'run hello world on that std',
      needs: [id('link')],
      draft: draft(context, linkage, {
        command: [HELLO],
        env: {},
        cwd: '/',
        // Crate libc 0.2.126 declares what relibc was before its threads of 2023.
        abi: 'redox-2019-11',
        inputs: [{ outputsOf: id('link') }],
        outputs: [],
      }),
      criterion: { code: 0, stdout: '^hello from rustc$' },
      expected: 5_000,
    },
  ]
}
