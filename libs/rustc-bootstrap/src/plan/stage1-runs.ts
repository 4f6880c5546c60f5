/** The compiler that stage 1 has made, started in a node: a program for Redox that ld.so puts together. */
import { dirname } from 'node:path/posix'
import type { InputPart, Linkage, UnitPlan } from '@bootgraph/build-graph'
import { RUST } from '../ladder/programs.ts'
import { DYLIB_LINKER, dylibFlags, LINKER_FOLDER, linkFlags } from '../link.ts'
import { draft, type Own, type PlanContext } from './drafts.ts'
import { SOURCE } from './queries.ts'
import { STAGES, stageRustflags, TARGET } from './stage.ts'
import { crateOfTarget, hasRlib, SYSROOT } from './sysroot-parts.ts'

/** rustc's own test of a code generator that is loaded: it generates nothing, which is all that checking needs. */
const BACKEND_SOURCE = `${SOURCE}/src/test/run-make-fulldeps/hotplug_codegen_backend/the_backend.rs`
const BACKEND = '/work/libthe_backend.so'
const METADATA = '/work/libcrate.rmeta'

/** @param crates the stage's own units; `upon` those of the standard library. */
export function stage1Runs(linkage: Linkage, crates: readonly UnitPlan[], upon: readonly UnitPlan[], context: PlanContext): UnitPlan[] {
  const made = (name: string) => crates.find(({ kind, crate }) => kind === 'compile' && crate === name)
  const [program, driver] = [made('rustc_main'), made('rustc_driver')]
  const compiled = program?.draft
  if (program === undefined || driver === undefined || compiled === undefined) return []
  const [path] = compiled.outputs
  const std = upon.filter(({ crate }) => crate === 'std').map(crateOfTarget)
  const others = upon.filter((unit) => hasRlib(unit) && unit.crate !== 'std').map(crateOfTarget)
  const id = (step: string): string => `stage1-${linkage}-runs-${step}`
  const about = { stage: 'stage1', kind: 'rung-step', linkage, rung: 'stage1-runs' } as const
  const run = (own: Pick<Own, 'command' | 'inputs' | 'outputs'>): Own => ({
    ...own,
    env: { LD_LIBRARY_PATH: [dirname(path), ...std.map(({ at }) => `/${at}`)].join(':'), RUSTC_BOOTSTRAP: '1' },
    cwd: '/work',
    // As hello's: what crate libc of that time declares.
    abi: 'redox-2019-11',
    inputs: [...[program, driver].map((unit): InputPart => ({ outputsOf: unit.id })), ...std, ...own.inputs],
  })
  const work = { tree: context.blobs.files({ 'crate.rs': RUST.withoutCore, 'hello.rs': RUST.hello }), at: 'work' }
  const check = (step: string, name: string, needs: readonly string[], args: readonly string[], seen: readonly InputPart[]): UnitPlan => ({
    ...about,
    id: id(step),
    name,
    needs: needs.map(id),
    draft: draft(
      context,
      linkage,
      run({
        command: [path, ...args, '--emit=metadata', '-o', METADATA, `-Zcodegen-backend=${BACKEND}`],
        inputs: [work, { outputsOf: id('backend') }, ...seen],
        outputs: [METADATA],
      }),
    ),
    criterion: { code: 0 },
    expected: 30_000,
  })
  return [
    {
      ...about,
      id: id('version'),
      name: 'stage-1 rustc says its version',
      needs: [program.id],
      draft: draft(context, linkage, run({ command: [path, '--version'], inputs: [work], outputs: [] })),
      criterion: { code: 0, stdout: '^rustc \\d+\\.\\d+\\.\\d+' },
      expected: 10_000,
    },
    {
      ...about,
      id: id('backend'),
      name: 'link a code generator for stage-1 rustc',
      needs: [program.id],
      draft: draft(context, linkage, {
        command: [
          ...[
            compiled.command[0],
            BACKEND_SOURCE,
            '--crate-name',
            'the_backend',
            '--crate-type',
            'dylib',
            '--target',
            TARGET,
            '-o',
            BACKEND,
          ],
          ...['--cap-lints', 'allow', '-C', 'prefer-dynamic', '-L', dirname(path), '-L', 'dependency=/target/debug/deps'],
          ...stageRustflags(STAGES[1], context.request.targetLinkage),
          ...linkFlags(SYSROOT),
          ...dylibFlags(),
        ],
        env: { PATH: context.inputs.path.join(':'), RUSTC_BOOTSTRAP: '1' },
        cwd: '/work',
        inputs: [...compiled.inputs, { tree: context.blobs.files(DYLIB_LINKER), at: LINKER_FOLDER.slice(1) }, work],
        outputs: [BACKEND],
      }),
      criterion: { code: 0, forms: [{ path: BACKEND, form: 'elf-image' }] },
      expected: 30_000,
    },
    check('check', 'stage-1 rustc checks a crate', ['version', 'backend'], ['crate.rs', '--crate-type=lib'], []),
    // Reads the metadata of the standard library that stage 0 built for Redox, and expands its macros.
    check('check-std', 'stage-1 rustc checks hello world', ['check'], ['hello.rs', '--edition=2021', '--sysroot', '/usr'], others),
  ]
}
