/**
 * The raw path: a program without C and standard library, built in a node on the vendored redox_syscall crate, speaks to the kernel by
 * system calls alone. Everything on the way, `core` first, is what the same compiler makes natively; the program itself has no native side.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NodeReport } from '@bootgraph/build-graph'
import { folderStore, materialise, TreeReader } from '@bootgraph/build-graph/store'
import { defaultPlace, installToolchain } from '@bootgraph/rustc-bootstrap'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NativeRoot } from '../native/native-root.ts'

const bootgraph = fileURLToPath(new URL('../../apps/cli/bin/bootgraph.mjs', import.meta.url))
const PROGRAM = fileURLToPath(new URL('programs/raw.rs', import.meta.url))
const CORE = '/usr/src/rustc-1.63.0/library/core/src/lib.rs'
/** The program brings its own memcpy and kin; of the compiler's helpers it needs none. */
const BUILTINS = '#![no_std]\n#![feature(compiler_builtins)]\n#![compiler_builtins]\n'
const TARGET = ['--target', 'x86_64-unknown-redox', '-C', 'panic=abort', '--cap-lints', 'allow', '-L', '/w']

const library = (name: string, edition: string, root: string, ...more: string[]): [output: string, command: readonly string[]] => [
  `lib${name}.rlib`,
  ['rustc', '--crate-name', name, '--edition', edition, root, '--crate-type', 'lib', '--emit=metadata,link', ...more, ...TARGET],
]
const STEPS: readonly (readonly [output: string, command: readonly string[]])[] = [
  library('core', '2021', CORE),
  library('compiler_builtins', '2021', 'builtins.rs'),
  library('bitflags', '2018', 'bitflags/src/lib.rs'),
  library('syscall', '2018', 'redox_syscall/src/lib.rs', '--extern', 'bitflags=libbitflags.rlib'),
  [
    'raw',
    [
      ...['rustc', '--edition', '2021', 'raw.rs', '--extern', 'syscall=libsyscall.rlib', ...TARGET, '-o', 'raw'],
      ...['-C', 'linker=ld.lld', '-C', 'linker-flavor=ld.lld', '-C', 'relocation-model=static', '-C', 'link-arg=-nostdlib'],
    ],
  ],
]

const SAYS = `wrote 14
read "scheme path"
size 14 mode 100600
cut to 2
closed twice: Bad file number
gone: No such file or directory
no scheme: No such device
null takes 64 and gives 0
random gives 16, all zero false
files: done
mapped (120, 120)
written back "xyx"
anonymous memory is zero: true
sum 57344
unmapped twice fails: Bad file number
memory: done
through the pipe: a child of its parent, then 0
waited for the child true, exit true 7
nobody left: No child processes
processes: done
the thread added 5050
threads: done
slept long enough: true
time: done
`

const work = mkdtempSync(join(tmpdir(), 'bootgraph-raw-'))
const sides = { node: join(work, 'node'), native: join(work, 'native') }
let native: NativeRoot
beforeAll(async () => {
  const place = defaultPlace()
  const { reference } = await installToolchain('rustc-source')
  const source = new TreeReader(place.store, reference.tree)
  for (const folder of Object.values(sides)) {
    mkdirSync(folder)
    for (const name of ['redox_syscall', 'bitflags']) {
      const entry = source.lookup(`vendor/${name}`)
      if (entry?.kind !== 'directory') throw new Error(`the source has no vendor/${name}`)
      await materialise(folderStore(place.store), entry.digest, join(folder, name))
    }
    writeFileSync(join(folder, 'builtins.rs'), BUILTINS)
    copyFileSync(PROGRAM, join(folder, 'raw.rs'))
  }
  native = await NativeRoot.open()
}, 600_000)
afterAll(() => rmSync(work, { recursive: true, force: true }))

const digest = (side: string, name: string): string =>
  createHash('sha256')
    .update(readFileSync(join(side, name)))
    .digest('hex')

const inNode = (options: readonly string[], command: readonly string[]) =>
  spawnSync(process.execPath, [bootgraph, 'run', '--mount', `${sides.node}:/w:rw`, '--cwd', '/w', ...options, '--', ...command], {
    encoding: 'utf8',
  })

test.each(STEPS)(
  '%s is built in a node as natively',
  (output, command) => {
    const here = inNode(['--env', 'RUSTC_BOOTSTRAP=1'], command)
    expect([here.status, here.stderr]).toEqual([0, ''])
    const there = native.run(command, { mounts: [[sides.native, '/w']], cwd: '/w', env: { RUSTC_BOOTSTRAP: '1' } })
    expect([there.status, there.stderr]).toEqual([0, ''])
    expect(digest(sides.node, output)).toBe(digest(sides.native, output))
  },
  7_200_000,
)

test('it runs in a node by the numbers of its crate, and asks for nothing that is not there', () => {
  const file = join(work, 'report.json')
  const { status, stdout, stderr } = inNode(['--abi', 'redox-2022-03', '--toolchain', 'none', '--report', file], ['/w/raw'])
  expect({ status, stdout, stderr }).toEqual({ status: 3, stdout: SAYS, stderr: '' })
  const { gaps, calls, syscalls } = JSON.parse(readFileSync(file, 'utf8')) as NodeReport
  expect([gaps, calls]).toEqual([[], {}])
  for (const name of ['OPEN', 'FMAP', 'FUNMAP', 'PIPE2', 'CLONE', 'WAITPID', 'FUTEX', 'EXIT'])
    expect(syscalls[name], name).toBeGreaterThan(0)
})
