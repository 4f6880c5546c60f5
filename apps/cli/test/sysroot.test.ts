/** `bootgraph sysroot`: the distribution's own linkers link C programs against it, and what they make runs in a node. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NodeReport } from '@bootgraph/build-graph'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const bootgraph = fileURLToPath(new URL('../bin/bootgraph.mjs', import.meta.url))
const source = fileURLToPath(new URL('../../../libs/ld-so/test/programs/linked.c', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'bootgraph-sysroot-'))

const cli = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bootgraph, ...args], { encoding: 'utf8', timeout: 120_000 })
  return { status, stdout, stderr }
}
const inNode = (...command: string[]) => cli('run', '--mount', `${folder}:/w:rw`, '--cwd', '/w', '--', ...command)
/** lld is the toolchain's, in a node. */
const lld = (sysroot: string, out: string, ...args: string[]) =>
  inNode('ld.lld', '-o', out, `${sysroot}/crt0.o`, `${sysroot}/crti.o`, ...args, `-L${sysroot}`, '-lc', `${sysroot}/crtn.o`)

beforeAll(() => {
  for (const surface of ['latest', '2019-11-27']) expect(cli('sysroot', join(folder, surface), '--surface', surface).status).toBe(0)
  execFileSync('gcc', ['-O1', '-fno-stack-protector', '-U_FORTIFY_SOURCE', '-c', source, '-o', 'linked.o'], { cwd: folder })
  writeFileSync(
    join(folder, 'asks.c'),
    'int dl_iterate_phdr(void *, void *); int lchown(void); int main(void) { return lchown() + dl_iterate_phdr(0, 0); }',
  )
  execFileSync('gcc', ['-c', 'asks.c', '-o', 'asks.o'], { cwd: folder, stdio: 'pipe' })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const said = { status: 7, stdout: 'sysroot 6 3 1 42 7\nend\n', stderr: 'to stderr\n' }

describe('a program linked against a sysroot', () => {
  it('runs dynamically linked by lld, with the interpreter that the command names', () => {
    const { interpreter } = JSON.parse(cli('sysroot', join(folder, 'latest'), '--json').stdout) as { interpreter: string }
    expect(lld('latest', 'by-lld', `--dynamic-linker=${interpreter}`, 'linked.o')).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(readFileSync(join(folder, 'by-lld')).includes(`${interpreter}\0`)).toBe(true)
    expect(inNode('./by-lld')).toEqual(said)
  })

  it('runs statically linked by lld, with libc.a inside', () => {
    expect(lld('latest', 'static-by-lld', '-static', 'linked.o')).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(inNode('./static-by-lld')).toEqual(said)
  })

  it('runs linked by gcc, both ways', () => {
    const gcc = (...args: string[]) => {
      const start = ['latest/crt0.o', 'latest/crti.o', 'linked.o']
      execFileSync('gcc', ['-nostdlib', '-nostartfiles', ...args, ...start, '-Llatest', '-lc', 'latest/crtn.o'], {
        cwd: folder,
        stdio: 'pipe',
      })
    }
    gcc('-o', 'by-gcc', '-no-pie', '-Wl,--dynamic-linker=/lib/ld64.so.1')
    expect(inNode('./by-gcc')).toEqual(said)
    gcc('-o', 'static-by-gcc', '-static')
    expect(inNode('./static-by-gcc')).toEqual(said)
    gcc('-o', 'static-pie-by-gcc', '-static-pie')
    const stderr =
      'bootgraph: ./static-pie-by-gcc: a static program over this C library lies where it was linked to; link it with -no-pie\n'
    expect(inNode('./static-pie-by-gcc')).toEqual({ status: 126, stdout: '', stderr })
  })

  it('cannot open objects when it is static', () => {
    writeFileSync(join(folder, 'open.c'), 'void *dlopen(const char *, int); int main(void) { return dlopen("libx.so", 2) == 0 ? 4 : 5; }')
    execFileSync('gcc', ['-c', 'open.c', '-o', 'open.o'], { cwd: folder })
    expect(lld('latest', 'static-open', '-static', 'open.o').status).toBe(0)
    const report = join(folder, 'report.json')
    expect(cli('run', '--mount', `${folder}:/w`, '--report', report, '--', '/w/static-open').status).toBe(4)
    const { gaps } = JSON.parse(readFileSync(report, 'utf8')) as NodeReport
    expect(gaps.map(({ component, kind, name }) => [component, kind, name])).toContainEqual(['ld-so', 'dlopen-in-static-image', 'dlopen'])
  })

  it.each([[[]], [['-static']]])('does not link where the surface lacks what it asks for: the error names it (%j)', (how) => {
    const old = lld('2019-11-27', 'asks', ...how, 'asks.o')
    expect(old.status).not.toBe(0)
    expect(old.stderr).toContain('undefined symbol: lchown')
    expect(old.stderr).toContain('undefined symbol: dl_iterate_phdr')
  })

  it('names no more than what today lacks, too', () => {
    const { stderr } = lld('latest', 'asks', 'asks.o')
    expect(stderr).not.toContain('lchown')
    expect(stderr).toContain('undefined symbol: dl_iterate_phdr')
  })
})
