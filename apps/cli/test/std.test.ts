/**
 * A Rust program that rustc built inside a node, on our crt files and libc.so, is run twice: in a node, and by the host's kernel with
 * the host's C library; in the node by ld.so and as one static image. It uses std for everyday work: threads, locks, files, processes, sockets, panics, stack overflow.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'

const bootgraph = fileURLToPath(new URL('../bin/bootgraph.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'bootgraph-std-'))
const LIBRARIES = ['sysroot', '/usr/lib/gcc/x86_64-linux-gnu/12', '/usr/lib/x86_64-linux-gnu']
const LINK_ARGUMENTS = [
  'sysroot/crt1.o',
  'sysroot/crti.o',
  'sysroot/crtn.o',
  '--dynamic-linker=/lib64/ld-linux-x86-64.so.2',
  '--allow-shlib-undefined',
]

function run(linkage: 'static' | 'dynamic', program: string, ...args: string[]) {
  const options = ['--linkage', linkage, '--mount', `${folder}:/work:rw`, '--cwd', '/work']
  return spawnSync(process.execPath, [bootgraph, 'run', ...options, '--', program, ...args], { encoding: 'utf8' })
}

afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('a program of std does in a node what it does natively', { timeout: 900_000 }, () => {
  copyFileSync(fileURLToPath(new URL('programs/life.rs', import.meta.url)), join(folder, 'life.rs'))
  spawnSync(process.execPath, [bootgraph, 'sysroot', join(folder, 'sysroot'), '--bridge'])
  const built = run(
    'dynamic',
    'rustc',
    '--edition=2021',
    '-g',
    'life.rs',
    ...['-C', 'linker-flavor=ld.lld', '-C', 'linker=ld.lld'],
    ...LIBRARIES.flatMap((each) => ['-L', `native=${each}`]),
    ...LINK_ARGUMENTS.flatMap((each) => ['-C', `link-arg=${each}`]),
  )
  expect([built.status, built.stderr]).toEqual([0, ''])
  // libm.a of our sysroot is empty, because libc.so has its functions: the host's has to be told.
  const native = spawnSync(join(folder, 'life'), [], { encoding: 'utf8', env: { LD_PRELOAD: 'libm.so.6' }, cwd: folder })
  expect(native.status).toBe(0)
  // A static image has no names of the program's own functions: a backtrace in it finds none.
  const nameless = native.stdout.replace('backtrace: true true', 'backtrace: false false')
  for (const [linkage, stdout] of [['dynamic', native.stdout] as const, ['static', nameless] as const]) {
    const here = run(linkage, './life')
    expect([linkage, here.status, here.stdout, here.stderr]).toEqual([linkage, 0, stdout, native.stderr])
  }
})
