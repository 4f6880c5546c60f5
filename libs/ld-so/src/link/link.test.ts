import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { arrayPort, fileOf, finish } from '../../test/array-port.ts'
import { originals } from '../../test/mutation.ts'
import { type GuestCall, readStaticImage, StaticProgram } from '../index.ts'
import { linkStatic } from './main.ts'
import { planLink } from './plan.ts'

const files = originals()
const image = (): Uint8Array => files.image
const start = (bytes: Uint8Array) => {
  const read = readStaticImage(fileOf('/bin/s', bytes))
  if (!read.ok) throw new Error(read.error.expected)
  const port = arrayPort(new Uint8Array(40 << 20), () => undefined)
  const program = new StaticProgram(port, read.value, { tcbSize: 4096, surplus: 0, stackGuard: [1, 2] })
  expect(program.map()).toBe(true)
  return { port, program, image: read.value }
}

test('the image is one executable without interpreter, dynamic section or relocations but those of indirect functions', () => {
  const path = join(tmpdir(), `static-image-${process.pid}`)
  writeFileSync(path, image())
  const text = execFileSync('sh', ['-c', `readelf -aW ${path} 2>&1`], { encoding: 'utf8' })
  expect(text).not.toMatch(/readelf: (warning|error)/i)
  expect(text).toMatch(/Type: +EXEC/)
  expect(text).not.toMatch(/INTERP|DYNAMIC/)
  expect(text.match(/^[0-9a-f]+ +[0-9a-f]+ +R_X86_64_\w+/gm)?.every((line) => line.includes('IRELATIVE'))).toBe(true)
  expect(text.match(/^ +TLS /gm)).toHaveLength(1)
})

test('the same inputs give the same bytes', () => {
  const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
  expect(digest(originals().image.slice())).toBe(digest(image()))
})

test('indirect functions choose at the start; their slots are read-only afterwards', () => {
  const { port, program } = start(image())
  const calls: GuestCall[] = []
  const protectedPages: number[][] = []
  port.protect = (address, length, flags) => void protectedPages.push([address, length, flags])
  finish(program.bind(), calls, 0x1234n)
  expect(calls).toHaveLength(1)
  expect(protectedPages.length).toBeGreaterThan(0)
  expect(protectedPages.every(([, , flags]) => flags === 4)).toBe(true)
})

test('every thread has one block with all initial values, the program next to the thread pointer', () => {
  const { port, program } = start(image())
  const pointer = program.tls.allocate() ?? 0
  const { view } = port.memory
  expect(view.getInt32(pointer - 4, true)).toBe(7)
  const block = program.tls.address(pointer, 1, 0) ?? 0
  const words = Array.from({ length: (pointer - block) / 4 }, (_, i) => view.getInt32(block + i * 4, true))
  expect(words).toEqual(expect.arrayContaining([7, 42, 51]))
})

test('what it was made of, and the constructors in order, can be read off the image', () => {
  const { program, image: read } = start(image())
  expect(read.manifest?.inputs.map(({ path }) => path)).toEqual(['/bin/m', '/lib/libl.so', '/lib/libd.so'])
  const calls: GuestCall[] = []
  finish(program.initialise([1, 2, 3]), calls)
  const library = read.manifest?.inputs[1]
  expect(calls.length).toBeGreaterThan(0)
  for (const { call, args } of calls) {
    expect(call).toBeGreaterThanOrEqual(library?.start ?? Number.POSITIVE_INFINITY)
    expect(call).toBeLessThan(library?.end ?? 0)
    expect(args).toEqual([1, 2, 3])
  }
})

test('a missing name becomes a gate that says so, or stops the link by name', () => {
  const only = new Map([['/bin/m', fileOf('/bin/m', files.program)]])
  const missing = planLink({ open: (path) => only.get(path) }, only.get('/bin/m')!, {
    libraryPath: [],
    defaultDirectories: ['/lib'],
    providers: new Map(),
    base: 1 << 24,
  })
  expect(!missing.ok && missing.errors).toEqual(["/bin/m: failed to locate 'libl.so'", "/bin/m: failed to locate 'libd.so'"])
  const swapped = new Map([
    ...only,
    ['/lib/libl.so', fileOf('/lib/libl.so', files.descriptor)],
    ['/lib/libd.so', fileOf('/lib/libd.so', files.descriptor)],
  ])
  const plan = planLink({ open: (path) => swapped.get(path) }, swapped.get('/bin/m')!, {
    libraryPath: [],
    defaultDirectories: ['/lib'],
    providers: new Map(),
    base: 1 << 24,
  })
  if (!plan.ok) throw new Error(plan.errors.join())
  const memory = (): { u8: Uint8Array; view: DataView } => {
    const u8 = new Uint8Array(40 << 20)
    return { u8, view: new DataView(u8.buffer) }
  }
  const gateCode = (): Uint8Array => Uint8Array.of(0x0f, 0x3f, 1, 2, 3, 4)
  const refused = linkStatic(plan.value, { memory: memory(), missing: ({ weak }) => (weak ? 'null' : 'fail'), gateCode })
  expect(!refused.ok && refused.errors.join('\n')).toMatch(/undefined symbol 'shared'/)
  const kind = (k: string) => (k === 'object' ? 'storage' : 'gate') as 'storage' | 'gate'
  const linked = linkStatic(plan.value, { memory: memory(), missing: (symbol) => (symbol.weak ? 'null' : kind(symbol.kind)), gateCode })
  if (!linked.ok) throw new Error(linked.errors.join())
  const read = start(linked.value.bytes).image
  expect(read.manifest?.missing.map(({ name }) => name)).toEqual(expect.arrayContaining(['shared', 'address']))
  expect(read.gates).toHaveLength(1)
})
