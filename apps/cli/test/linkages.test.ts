/**
 * C and C++ programs of the host's compiler print in a node what they print natively, loaded by ld.so and linked into one static image.
 * The node has the same objects but for the C library, which is made; the toolchain's tree gives libstdc++ and libgcc_s.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NodeReport } from '@bootgraph/build-graph'
import { afterAll, describe, expect, it } from 'vitest'

const bootgraph = fileURLToPath(new URL('../bin/bootgraph.mjs', import.meta.url))
const programs = fileURLToPath(new URL('../../../libs/ld-so/test/programs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'bootgraph-linkages-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Cc = (compiler: 'gcc' | 'g++', ...args: string[]) => void
/** Compilers at work in a folder of the program's own. */
const ccIn =
  (name: string): Cc =>
  (compiler, ...args) => {
    const sources = args.map((each) => (/\.(c|cpp|map)$/.test(each) ? each.replace(/[\w-]+\.\w+$/, (name) => join(programs, name)) : each))
    execFileSync(compiler, [...sources, '-L.', '-Wl,-rpath,$ORIGIN'], { cwd: join(folder, name), stdio: 'pipe' })
  }
const shared = ['-shared', '-fPIC', '-O1']

interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}
const native = (program: string): Ended => {
  const { status, stdout, stderr } = spawnSync(join(folder, program, program), { cwd: join(folder, program), encoding: 'utf8' })
  return { status, stdout, stderr }
}
function inNode(program: string, ...options: string[]): Ended {
  const args = ['run', '--mount', `${join(folder, program)}:/w:rw`, '--cwd', '/w', ...options, '--', `/w/${program}`]
  const { status, stdout, stderr } = spawnSync(process.execPath, [bootgraph, ...args], { encoding: 'utf8', timeout: 120_000 })
  return { status, stdout, stderr }
}

const PROGRAMS: readonly [name: string, build: (cc: Cc) => void][] = [
  [
    'tls',
    (cc) => {
      cc('gcc', ...shared, 'tls-library.c', '-o', 'libtls.so')
      cc('gcc', ...shared, '-mtls-dialect=gnu2', 'tls-descriptor.c', '-o', 'libdescriptor.so')
      cc('gcc', '-O1', 'tls.c', '-o', 'tls', '-ltls', '-ldescriptor')
    },
  ],
  [
    'ifunc',
    (cc) => {
      cc('gcc', ...shared, 'ifunc-library.c', '-o', 'libifunc.so')
      cc('gcc', '-O1', 'ifunc.c', '-o', 'ifunc', '-lifunc')
    },
  ],
  [
    'ifunc-fixed',
    (cc) => {
      cc('gcc', ...shared, 'ifunc-library.c', '-o', 'libifunc.so')
      cc('gcc', '-O1', '-no-pie', '-fno-pie', 'ifunc.c', '-o', 'ifunc-fixed', '-lifunc')
    },
  ],
  [
    'order',
    (cc) => {
      cc('gcc', ...shared, 'order-three.c', '-o', 'libthree.so')
      cc('gcc', ...shared, '-DNEXT=three', 'order-two.c', '-o', 'libtwo.so', '-lthree')
      cc('gcc', ...shared, '-DNEXT=two', 'order-one.c', '-o', 'libone.so', '-ltwo')
      cc('gcc', '-O1', 'order.c', '-o', 'order', '-lone', '-ltwo')
    },
  ],
  [
    'order-cycle',
    (cc) => {
      cc('gcc', ...shared, 'order-three.c', '-o', 'libthree.so')
      cc('gcc', ...shared, '-DNEXT=three', 'order-two.c', '-o', 'libtwo.so', '-lthree')
      cc('gcc', ...shared, '-DNEXT=two', 'order-one.c', '-o', 'libone.so', '-ltwo')
      cc('gcc', ...shared, '-DNEXT=one', 'order-three.c', '-o', 'libthree.so', '-lone')
      cc('gcc', '-O1', 'order.c', '-o', 'order-cycle', '-lone', '-ltwo')
    },
  ],
  [
    'symbols',
    (cc) => {
      cc('gcc', ...shared, 'symbols-library.c', '-o', 'libsymbols.so', '-Wl,--version-script', 'symbols.map')
      cc('gcc', ...shared, '-Wl,-Bsymbolic', 'symbols-symbolic.c', '-o', 'libsymbolic.so')
      cc('gcc', '-O1', '-no-pie', '-fno-pie', 'symbols.c', '-o', 'symbols', '-lsymbols', '-lsymbolic')
    },
  ],
  [
    'packed',
    (cc) => {
      cc('gcc', ...shared, 'symbols-library.c', '-o', 'libsymbols.so', '-Wl,-z,pack-relative-relocs', '-Wl,--version-script', 'symbols.map')
      cc('gcc', ...shared, '-Wl,-Bsymbolic', 'symbols-symbolic.c', '-o', 'libsymbolic.so')
      cc('gcc', '-O1', 'symbols.c', '-o', 'packed', '-lsymbols', '-lsymbolic', '-Wl,--hash-style=sysv', '-Wl,-z,now')
    },
  ],
  [
    'throw',
    (cc) => {
      cc('g++', ...shared, 'throw-library.cpp', '-o', 'libthrower.so')
      cc('g++', '-O1', 'throw.cpp', '-o', 'throw', '-lthrower')
    },
  ],
  ['objects', (cc) => cc('gcc', '-O1', 'objects.c', '-o', 'objects')],
]

describe.each(PROGRAMS)('%s', (program, build) => {
  mkdirSync(join(folder, program))
  build(ccIn(program))
  const expected = native(program)

  it.each(['dynamic', 'static'])('says natively what it says %s', (linkage) => {
    expect(inNode(program, '--linkage', linkage)).toEqual(expected)
  })
})

describe('a program that opens objects', () => {
  mkdirSync(join(folder, 'opened'))
  const cc = ccIn('opened')
  cc('gcc', ...shared, 'order-three.c', '-o', 'libthree.so')
  cc('gcc', ...shared, 'opened-plugin.c', '-o', 'libplugin.so', '-Wl,--no-as-needed', '-lthree')
  cc('gcc', '-O1', '-rdynamic', 'opened.c', '-o', 'opened', '-Wl,--no-as-needed', '-lthree')

  it('says natively what it says dynamic', () => {
    expect(inNode('opened')).toEqual(native('opened'))
  })

  it('cannot as a static image, in any mode, and that is a gap of ld.so', () => {
    for (const mode of ['bridge', 'strict']) {
      const file = join(folder, 'report.json')
      const ended = inNode('opened', '--linkage', 'static', '--surface', 'full', '--mode', mode, '--report', file)
      expect(ended).toMatchObject({ status: 9, stdout: 'three begins\nno plugin\nthree ends\n' })
      const { gaps } = JSON.parse(readFileSync(file, 'utf8')) as NodeReport
      expect(gaps.filter(({ component }) => component === 'ld-so').map(({ truth, kind, name }) => [truth, kind, name])).toEqual([
        ['upstream', 'dlopen-in-static-image', 'dlopen'],
      ])
    }
  })
})
