/**
 * The ladder as a table: each rung is real commands with a pass criterion. Rungs have needs, not a fixed order.
 * All paths are relative to the rung's working folder, which keeps what earlier rungs made.
 */
import type { Linkage, ProgramAbi } from '@bootgraph/build-graph'
import { program, RUST } from './ladder/programs.ts'
import { Interpreter, linkFlags, programFlags } from './link.ts'

export type RungId =
  | 'node-boots'
  | 'static-hello'
  | 'dynamic-hello'
  | 'rustc-version'
  | 'target-list'
  | 'check-crate'
  | 'emit-object'
  | 'link-executable'
  | 'run-executable'
  | 'procedural-macro'

export interface Rung {
  readonly id: RungId
  readonly title: string
  /** Rungs that must have passed with the same linkage. */
  readonly needs: readonly RungId[]
  /** Where it has a meaning; elsewhere it is n/a. */
  readonly linkages: readonly Linkage[]
  /** Wants crt files and libc.so of the surface in `sysroot/`. */
  readonly sysroot: boolean
  readonly steps: readonly Step[]
  /** Seconds per step. */
  readonly timeout: number
}

export interface Step {
  /** A name on the toolchain's PATH, or a file of the working folder (`./name`); then arguments. */
  readonly command: readonly string[]
  readonly abi: ProgramAbi
  /** Put into the working folder first; bytes are programs and made executable. */
  readonly files: Readonly<Record<string, string | Uint8Array>>
  readonly code: number
  /** What stdout must match. */
  readonly stdout?: RegExp
  readonly outputs: readonly Output[]
}

export interface Output {
  readonly path: string
  readonly form: 'elf-object' | 'elf-image' | 'rust-metadata'
}

const BOTH: readonly Linkage[] = ['static', 'dynamic']

const step = (command: readonly string[], rest: Partial<Step> = {}): Step => ({
  command,
  abi: 'auto',
  files: {},
  code: 0,
  outputs: [],
  ...rest,
})

const LINK = linkFlags('sysroot')
const PROGRAM = programFlags('sysroot', Interpreter.linux)

export const RUNGS: readonly Rung[] = [
  {
    id: 'node-boots',
    title: 'node boots',
    needs: [],
    linkages: BOTH,
    sysroot: false,
    steps: [step(['./boot'], { abi: 'redox-2019-11', files: { boot: program('boot') }, code: 42 })],
    timeout: 10,
  },
  {
    id: 'static-hello',
    title: 'static hello through Redox system calls',
    needs: ['node-boots'],
    linkages: BOTH,
    sysroot: false,
    steps: [
      step(['./hello-static'], {
        abi: 'redox-2019-11',
        files: { 'hello-static': program('hello-static') },
        stdout: /^hello from Redox system calls\n$/,
      }),
    ],
    timeout: 10,
  },
  {
    id: 'dynamic-hello',
    title: 'dynamic hello through ld.so',
    needs: ['node-boots'],
    linkages: ['dynamic'],
    sysroot: false,
    steps: [step(['./hello-dynamic'], { files: { 'hello-dynamic': program('hello-dynamic') }, stdout: /^hello from the C library\n$/ })],
    timeout: 10,
  },
  {
    id: 'rustc-version',
    title: 'rustc --version',
    needs: ['node-boots'],
    linkages: BOTH,
    sysroot: false,
    steps: [step(['rustc', '--version'], { stdout: /^rustc \d+\.\d+\.\d+/ })],
    timeout: 120,
  },
  {
    id: 'target-list',
    title: 'rustc --print target-list',
    needs: ['rustc-version'],
    linkages: BOTH,
    sysroot: false,
    steps: [step(['rustc', '--print', 'target-list'], { stdout: /^x86_64-unknown-redox$/m })],
    timeout: 120,
  },
  {
    id: 'check-crate',
    title: 'check a crate',
    needs: ['rustc-version'],
    linkages: BOTH,
    sysroot: false,
    steps: [
      step(['rustc', '--edition=2021', '--crate-type=lib', '--emit=metadata', 'check.rs', '-o', 'libcheck.rmeta'], {
        files: { 'check.rs': RUST.check },
        outputs: [{ path: 'libcheck.rmeta', form: 'rust-metadata' }],
      }),
    ],
    timeout: 300,
  },
  {
    id: 'emit-object',
    title: 'emit an object, debug and optimised',
    needs: ['check-crate'],
    linkages: BOTH,
    sysroot: false,
    steps: (['-g', '-O'] as const).map((flag) => {
      const path = `object${flag}.o`
      return step(['rustc', '--edition=2021', '--crate-type=lib', '--emit=obj', '-C', 'codegen-units=1', flag, 'object.rs', '-o', path], {
        files: { 'object.rs': RUST.object },
        outputs: [{ path, form: 'elf-object' }],
      })
    }),
    timeout: 300,
  },
  {
    id: 'link-executable',
    title: 'link an executable',
    needs: ['emit-object'],
    linkages: BOTH,
    sysroot: true,
    steps: [
      step(['rustc', '--edition=2021', 'hello.rs', '-o', 'hello', ...LINK, ...PROGRAM], {
        files: { 'hello.rs': RUST.hello },
        outputs: [{ path: 'hello', form: 'elf-image' }],
      }),
    ],
    timeout: 300,
  },
  {
    id: 'run-executable',
    title: 'run that executable',
    needs: ['link-executable'],
    linkages: BOTH,
    sysroot: false,
    steps: [step(['./hello'], { stdout: /^hello from rustc\n$/ })],
    timeout: 60,
  },
  {
    id: 'procedural-macro',
    title: 'build a procedural macro and use it',
    needs: ['link-executable'],
    linkages: BOTH,
    sysroot: true,
    steps: [
      step(['rustc', '--edition=2021', '--crate-type=proc-macro', '--crate-name=counting', 'macro.rs', '-o', 'libcounting.so', ...LINK], {
        files: { 'macro.rs': RUST.macro },
        outputs: [{ path: 'libcounting.so', form: 'elf-image' }],
      }),
      step(
        [
          'rustc',
          '--edition=2021',
          '--crate-type=lib',
          '--emit=metadata',
          '--extern',
          'counting=libcounting.so',
          'user.rs',
          '-o',
          'libuser.rmeta',
        ],
        {
          files: { 'user.rs': RUST.macroUser },
          outputs: [{ path: 'libuser.rmeta', form: 'rust-metadata' }],
        },
      ),
    ],
    timeout: 600,
  },
]
