/** `bootgraph scan`: what real programs ask of a C library and of ld.so, judged by dates. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'

const bootgraph = fileURLToPath(new URL('../bin/bootgraph.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'bootgraph-scan-'))
const at = (name: string): string => join(folder, name)

interface Scan {
  readonly missing: readonly { name: string; closesAt?: string }[]
  readonly stubs: readonly { name: string; closesAt?: string }[]
  readonly loader: readonly { name: string; present: boolean; tlsModel?: string; by: string }[]
  readonly staticPrograms: readonly string[]
}

function scan(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bootgraph, 'scan', ...args], { encoding: 'utf8' })
  return { status, stdout, stderr }
}
const scanned = (...args: string[]): Scan => JSON.parse(scan(...args, '--json').stdout) as Scan

beforeAll(() => {
  writeFileSync(
    at('program.c'),
    `#include <dlfcn.h>
     #include <stdio.h>
     #include <wctype.h>
     __thread int counter;
     int main(void) { counter = iswctype(L'a', wctype("alpha")); fprintf(stderr, "%d", counter); return dlopen("x.so", RTLD_NOW) != 0; }`,
  )
  writeFileSync(at('module.c'), '__thread int kept; int *where(void) { return &kept; }')
  writeFileSync(at('alone.c'), 'int main(void) { return 0; }')
  execFileSync('gcc', ['-O1', '-no-pie', '-o', at('program'), at('program.c')])
  execFileSync('gcc', ['-O1', '-fPIC', '-shared', '-o', at('module.so'), at('module.c')])
  for (const form of ['static', 'static-pie']) execFileSync('gcc', [`-${form}`, '-o', at(form), at('alone.c')])
  execFileSync('mkfifo', [at('pipe')])
})
afterAll(() => rmSync(folder, { recursive: true }))

it('says when a gap closed: after the chosen date, though the symbol had been there before', () => {
  expect(scanned(at('program'), '--surface', '2019-11-27').missing).toContainEqual(
    expect.objectContaining({ name: 'iswctype', closesAt: '2021-09-30' }),
  )
  expect(scan(at('program'), '--surface', '2019-11-27').stdout).toMatch(/^ +iswctype +closed by 2021-09-30 /m)
})

it('lists what is asked of ld.so: kinds of relocations, models of thread-local storage, dlopen', () => {
  const early = scanned(at('program'), '--surface', '2019-11-27')
  expect(early.loader).toContainEqual(expect.objectContaining({ name: 'R_X86_64_COPY', present: false, by: at('program') }))
  expect(early.loader).toContainEqual(expect.objectContaining({ name: 'dlopen', present: false, by: at('program') }))
  expect(early.stubs).toContainEqual(expect.objectContaining({ name: 'dlopen', closesAt: '2020-09-30' }))
  expect(scan(at('program')).status).toBe(0)
  const module = scan(at('module.so'), '--surface', '2019-11-27')
  expect(module.status).toBe(1)
  expect(module.stdout).toMatch(/^ +R_X86_64_DTPMOD64 +served +general dynamic +\S+$/m)
  expect(scan(at('module.so'), '--surface', 'full').status).toBe(0)
})

it.each(['static', 'static-pie'])('says that a %s program holds its C library', (form) => {
  expect(scanned(at(form)).staticPrograms).toEqual([at(form)])
  expect(scan(at(form)).stdout).toContain(`static, so that they ask for nothing by name: 1\n  ${at(form)}`)
})

it.each(['/dev/null', at('pipe')])('says that %s is no file and no folder', (path) => {
  expect(scan(path)).toEqual({ status: 2, stdout: '', stderr: `bootgraph: ${path}: is neither a file nor a folder\n` })
})
