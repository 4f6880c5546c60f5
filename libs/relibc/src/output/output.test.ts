import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { platformHeaders } from '../header/platform.ts'
import { alias, gateId, leaf, object } from '../registry/define.ts'
import { collect } from '../registry/registry.ts'
import { makeCrt, makeLibc, makeLibcArchive } from './index.ts'

const dir = mkdtempSync(join(tmpdir(), 'relibc-output-'))
const run = (command: string, ...args: string[]): string => execFileSync(command, args, { cwd: dir, encoding: 'utf8', stdio: 'pipe' })

const small = collect([
  {
    name: 'x',
    spec: '',
    rows: [
      leaf('f', 'int()', () => 0),
      alias('g', 'f'),
      object('table', 4, 4, Uint8Array.of(1, 2, 3, 4)),
      object('v', 8, 8),
      alias('_v', 'v'),
      object('__libc_own', 8, 8),
    ],
  },
])

test('the whole registry becomes a libc.so.6 that readelf takes, with its gates in the gate segment', () => {
  const registry = collect(platformHeaders)
  const { bytes, tags } = makeLibc({ registry })
  writeFileSync(join(dir, 'libc.so.6'), bytes)
  const text = run('sh', '-c', 'readelf -aW libc.so.6 2>&1')
  expect(text).not.toMatch(/readelf: (warning|error)/i)
  expect(text).toContain('soname: [libc.so.6]')
  expect(run('sh', '-c', 'readelf -wf libc.so.6 2>&1')).toMatch(
    /"zPR".*DW_CFA_def_cfa: r7 \(rsp\) ofs 144\n.*DW_CFA_offset: r16 \(rip\) at cfa-8/s,
  )
  for (const name of ['open', 'open64', '__libc_start_main', '__libc_thread_entry', '__libc_version'])
    expect(text).toMatch(new RegExp(` ${name}\\n`))
  expect(tags.size).toBe(registry.functions.size + registry.objects.size)
})

test('gates carry the id of their own name; aliases of an object share its storage', () => {
  const { bytes } = makeLibc({ registry: small })
  writeFileSync(join(dir, 'small.so'), bytes)
  const symbols = new Map(
    run('nm', '-D', 'small.so')
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .map(([at, type, name]) => [name, { at: Number.parseInt(at, 16), type }]),
  )
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  for (const name of ['f', 'g']) {
    const at = symbols.get(name)?.at ?? 0
    expect(view.getUint16(at)).toBe(0x0f3f)
    expect(view.getUint32(at + 2, true)).toBe(gateId(name))
    if (name === 'f') expect(bytes[at + 6]).toBe(0xcc)
  }
  expect(symbols.get('_v')?.at).toBe(symbols.get('v')?.at)
  expect([...bytes.subarray(symbols.get('table')?.at, (symbols.get('table')?.at ?? 0) + 4)]).toEqual([1, 2, 3, 4])
})

test('a surface exports exactly its names, what the library needs itself, and the extra names with their tag', () => {
  const { tags } = makeLibc({ registry: small, surface: ['f', 'unwritten'], extra: new Map([['g', 'spelling']]) })
  expect([...tags]).toEqual([
    ['f', 'surface'],
    ['unwritten', 'surface'],
    ['__libc_own', 'bridge'],
    ['g', 'spelling'],
  ])
})

test('crt objects start a program of the host, and libc.a gives a static link its gates', () => {
  const crt = makeCrt()
  for (const [name, bytes] of Object.entries(crt)) writeFileSync(join(dir, name), bytes)
  writeFileSync(
    join(dir, 'main.c'),
    'int main(int argc, char **argv, char **envp) { return argc * 10 + (envp[0] == 0 || envp[0][0] != 0) + argv[1][0]; }',
  )
  for (const how of ['-pie', '-no-pie']) {
    run('gcc', '-nostartfiles', how, '-fPIE', '-o', 'main', 'crt1.o', 'crti.o', 'main.c', 'crtn.o')
    expect(() => run('./main', 'A')).toThrow(expect.objectContaining({ status: 20 + 1 + 65 }))
    // sub rsp, 8; add rsp, 8; ret: with nothing between the pieces
    expect(run('readelf', '-SW', 'main')).toMatch(/ \.init +PROGBITS +\w+ +\w+ 000009 /)
  }
  writeFileSync(join(dir, 'libsmall.a'), makeLibcArchive({ registry: small }))
  writeFileSync(join(dir, 'use.c'), 'int f(void); int main(void) { return f(); }\nvoid _start(void) { main(); }')
  run('gcc', '-nostdlib', '-static', '-o', 'use', 'use.c', '-L.', '-lsmall')
  const symbols = run('nm', 'use')
  expect(symbols).toMatch(/ f\n/)
  expect(symbols).not.toMatch(/ g\n/)
})
