import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileOf, finish, arrayPort as portOver } from '../test/array-port.ts'
import { makeSharedObject } from './elf/index.ts'
import { type GuestCall, Linker, type LoaderFile, startStack } from './index.ts'

const dir = mkdtempSync(join(tmpdir(), 'linker-'))
const gcc = (...args: string[]): void => void execFileSync('gcc', args, { cwd: dir, stdio: 'pipe' })

const arrayPort = (): ReturnType<typeof portOver> => portOver(new Uint8Array(64 << 20))

const options = {
  libraryPath: [dir],
  defaultDirectories: [],
  tcbSize: 4096,
  surplus: 1024,
  stackGuard: [1, 2] as const,
  providers: new Map<string, LoaderFile>(),
}

writeFileSync(
  join(dir, 'a.c'),
  `static int hidden = 9; int *relative = &hidden; int shared = 5; int *pointer = &shared; int table[3] = {1,2,3}; __thread int local = 42; __thread int other;
   int helper(void); int (*through)(void) = helper; __attribute__((weak)) int absent(void); int (*none)(void) = absent;
   __attribute__((constructor)) void begin(void) { shared++; } int *address_of_local(void) { return &local; }
   static int real(void) { return 1; } static void *choose(void) { return real; } int chosen(void) __attribute__((ifunc("choose"))); int (*by_ifunc)(void) = chosen;`,
)
writeFileSync(
  join(dir, 'b.c'),
  'int helper(void) { return 3; } void *__tls_get_addr(void *index) { return index; } __attribute__((constructor)) void first(void) {} ',
)
writeFileSync(
  join(dir, 'm.c'),
  'extern int table[3]; extern int shared; int sum(void){ return table[0]+shared; } __thread int mine = 7; int *tls(void){ return &mine; } void _start(void){ sum(); tls(); }',
)
gcc('-shared', '-fPIC', '-nostdlib', 'b.c', '-o', 'libb.so', '-Wl,-soname,libb.so')
gcc('-shared', '-fPIC', '-nostdlib', 'a.c', '-o', 'liba.so', '-L.', '-lb', '-Wl,-z,pack-relative-relocs')
gcc('-nostdlib', '-pie', 'm.c', '-o', 'm', '-L.', '-la', '-Wl,-rpath-link,.')

test('a program and its closure are loaded breadth first, relocated, copied, and initialised dependencies first', () => {
  const port = arrayPort()
  const linker = new Linker(port, options)
  const calls: GuestCall[] = []
  const linked = finish(linker.loadProgram(join(dir, 'm')), calls)
  if (!linked.ok) throw new Error(linked.errors.join('\n'))
  expect(linked.value.linkMap.map((dso) => dso.path.split('/').at(-1))).toEqual(['m', 'liba.so', 'libb.so'])
  const at = (name: string): number => finish(linker.dlsym(name, 'default')) ?? 0
  const { view } = port.memory
  const main = linked.value.main
  expect(at('shared')).toBeGreaterThanOrEqual(main.start)
  expect(at('shared')).toBeLessThan(main.end)
  expect(view.getUint32(at('shared'), true)).toBe(5)
  expect(view.getUint32(at('pointer'), true)).toBe(at('shared'))
  expect(view.getUint32(at('through'), true)).toBe(at('helper'))
  expect(view.getUint32(view.getUint32(at('relative'), true), true)).toBe(9)
  expect(view.getUint32(at('none'), true)).toBe(0)
  expect(view.getUint32(at('by_ifunc'), true)).toBe(0x7777)
  expect(port.missed.map(({ name }) => name)).toEqual(['absent'])
  const inits: GuestCall[] = []
  finish(linker.initialise([1, 2, 3]), inits)
  const owner = (address: number): string | undefined => linker.dladdr(address)?.dso.path.split('/').at(-1)
  expect(inits.map(({ call }) => owner(call))).toEqual(['libb.so', 'liba.so'])
})

test('thread storage: static blocks below the pointer, self pointer, guard, one copy per thread', () => {
  const port = arrayPort()
  const linker = new Linker(port, options)
  expect(finish(linker.loadProgram(join(dir, 'm'))).ok).toBe(true)
  const one = linker.tls.allocate() ?? 0
  const two = linker.tls.allocate() ?? 0
  const { view } = port.memory
  expect(view.getUint32(one, true)).toBe(one)
  expect([view.getUint32(one + 0x28, true), view.getUint32(one + 0x2c, true)]).toEqual([1, 2])
  expect(view.getInt32(one - 4, true)).toBe(7)
  const local = finish(linker.dlsym('local', 'default', undefined, one)) ?? 0
  expect(view.getInt32(local, true)).toBe(42)
  view.setInt32(local, 1, true)
  expect(view.getInt32(finish(linker.dlsym('local', 'default', undefined, two)) ?? 0, true)).toBe(42)
})

test('dlopen binds locally, its thread storage comes on first use, dlclose finalises and forgets', () => {
  const port = arrayPort()
  writeFileSync(join(dir, 'n.c'), 'void _start(void){}')
  gcc('-nostdlib', '-pie', 'n.c', '-o', 'n')
  const linker = new Linker(port, options)
  expect(finish(linker.loadProgram(join(dir, 'n'))).ok).toBe(true)
  const thread = linker.tls.allocate() ?? 0
  const opened = finish(linker.dlopen('liba.so', 2, undefined, []))
  if (!opened.ok) throw new Error(opened.errors.join('\n'))
  expect(finish(linker.dlsym('shared', 'default'))).toBeUndefined()
  const shared = finish(linker.dlsym('shared', opened.value)) ?? 0
  expect(port.memory.view.getUint32(finish(linker.dlsym('pointer', opened.value)) ?? 0, true)).toBe(shared)
  expect(port.memory.view.getInt32(linker.tls.address(thread, opened.value.tlsModule, 0) ?? 0, true)).toBe(42)
  expect(finish(linker.dlclose(opened.value))).toBe(true)
  expect(linker.linkMap).toHaveLength(1)
  expect(finish(linker.dlopen('libnone.so', 2, undefined, []))).toEqual({ ok: false, errors: ["failed to locate 'libnone.so'"] })
})

test('a made library provides needed names; what nothing defines fails by name', () => {
  const made = fileOf(
    '/made/libb',
    makeSharedObject({
      soname: 'libb.so',
      functions: ['helper', '__tls_get_addr'].map((name) => ({ name, code: Uint8Array.of(0xc3) })),
      objects: [],
    }),
  )
  const linker = new Linker(arrayPort(), { ...options, providers: new Map([['libb.so', made]]) })
  expect(finish(linker.loadProgram(join(dir, 'm'))).ok).toBe(true)
  expect(linker.linkMap.map((dso) => dso.path)).toContain('/made/libb')
  const empty = fileOf('/made/libb', makeSharedObject({ soname: 'libb.so', functions: [], objects: [] }))
  const failed = finish(new Linker(arrayPort(), { ...options, providers: new Map([['libb.so', empty]]) }).loadProgram(join(dir, 'm')))
  expect(!failed.ok && failed.errors.join()).toContain("undefined symbol 'helper'")
})

test('the first stack is aligned and begins with argc', () => {
  const { memory } = arrayPort()
  const texts = (...all: string[]) => all.map((each) => new TextEncoder().encode(each))
  const sp = startStack({ argv: texts('a', 'b'), envp: texts('X=1'), auxv: [[6, 4096]], top: 0x20000 }, memory)
  expect(sp % 16).toBe(0)
  expect(memory.view.getUint32(sp, true)).toBe(2)
  expect(String.fromCharCode(...memory.u8.subarray(memory.view.getUint32(sp + 32, true)).subarray(0, 3))).toBe('X=1')
  expect(memory.view.getUint32(sp + 48, true)).toBe(6)
})

test('a missing function counts as lazy unless its object, the opener or the environment binds now', () => {
  writeFileSync(join(dir, 'c.c'), 'void absent_call(void); void use(void) { absent_call(); } void _start(void) { use(); }')
  const lazyOf = (link: string, more: { bindNow?: boolean } = {}): (boolean | undefined)[] => {
    gcc(
      '-nostdlib',
      '-pie',
      '-fplt',
      'c.c',
      '-o',
      'c',
      '-Wl,--unresolved-symbols=ignore-all',
      '-Wl,-E',
      `-Wl,-z,${link}`,
      '-Wl,--no-dynamic-linker',
      '-L.',
      '-lb',
    )
    const port = arrayPort()
    finish(new Linker(port, { ...options, ...more }).loadProgram(join(dir, 'c')))
    return port.missed.filter(({ name }) => name === 'absent_call').map(({ lazy }) => lazy)
  }
  expect(lazyOf('lazy')).toEqual([true])
  expect(lazyOf('now')).toEqual([false])
  expect(lazyOf('lazy', { bindNow: true })).toEqual([false])
})

test('abilities are asked for by object; a lacking one is an error by name, or left out where its absence is ignored', () => {
  const asked = new Set<string>()
  const lacking = (name: string): boolean => {
    const port = { ...arrayPort(), ability: (each: string) => asked.add(each) && each !== name }
    return finish(new Linker(port, options).loadProgram(join(dir, 'm'))).ok
  }
  expect(lacking('')).toBe(true)
  expect([...asked]).toEqual(expect.arrayContaining(['R_X86_64_COPY', 'R_X86_64_GLOB_DAT', 'RELR (packed relative relocations)']))
  expect(lacking('R_X86_64_COPY')).toBe(false)
  expect(lacking('R_X86_64_GLOB_DAT')).toBe(false)
  expect(lacking('PT_GNU_RELRO applied')).toBe(true)
})
