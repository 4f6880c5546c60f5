import { type Cpu, createCpu, ENGINE_BASE, Gpr, GuestMemory, NEAR_BASE, Perm } from '@bootgraph/cpu'
import type { Context, KernelCalls, Process } from '@bootgraph/kernel'
import { type LoaderPort, Tls } from '@bootgraph/ld-so'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { linuxGnu } from '../abi/linux-gnu.ts'
import { coreHeaders } from '../header/core.ts'
import { start } from '../header/start/index.ts'
import { HEAP_SIZE } from '../header/stdlib/heap.ts'
import { Libc } from '../libc.ts'
import { setPlatform } from '../platform/platform.ts'
import { Thread } from '../platform/thread-block.ts'
import { gateId } from '../registry/define.ts'
import { collect } from '../registry/registry.ts'
import { leavesOf } from './index.ts'

const registry = collect([...coreHeaders, start])
const leaves = leavesOf(registry)
const NAMES = [
  ...(['memcpy', 'memmove', 'memset', 'memcmp', 'malloc', 'free', 'strlen', 'memchr', '__tls_get_addr', 'calloc', 'realloc'] as const),
  ...(['strcmp', 'strncmp', 'strcpy', 'stpcpy', 'strchr', 'strchrnul', 'strrchr', 'toupper', 'tolower'] as const),
] as const
type Name = (typeof NAMES)[number]

const CODE = 0x1_0000
const GATES = 0x1_1000
const BLOCK = 0x1_2000
const HEAP = 0x1_4000
const STACK = 0x2_0000
/** Two pages that may be written, one that may be read, a hole. */
const DATA = 0x3_0000
const READ_ONLY = DATA + 0x2000
const HOLE = DATA + 0x3000
const MAPPED = 0x10_0000
/** Arguments of __tls_get_addr: of modules that there are, and of others. */
const INDICES = DATA + 0x1000
const MODULES = [1, 2, 3, 0, 4, 255, 256, 2 ** 40]
const STORAGE = 0x20_0000

/** A process that calls the library's functions by their gates, through leaves or without. */
function world(engine: 'interpreter' | 'translator', withLeaves: boolean) {
  const memory = new GuestMemory()
  const events: string[] = []
  let libc: Libc
  let free = MAPPED
  const cpu: Cpu = createCpu(memory, { hosted: (id) => libc.hosted(context, id) }, { engine })
  const process = { pid: 1, contexts: [], cpu } as unknown as Process
  const context = { tid: 1, process, threadPointer: BLOCK } as unknown as Context
  const kernel = {
    signalled: () => false,
    fault: () => events.push('fault'),
    sigprocmask: () => 0n,
    tkill: (_cx: Context, _tid: number, signal: number) => events.push(`signal ${signal}`),
    mmap: (_cx: Context, _at: number, size: number) => {
      const at = free
      free += Math.ceil(size / 4096) * 4096
      memory.protect(at, size, Perm.read | Perm.write)
      events.push(`mmap ${size}`)
      return at
    },
    munmap: (_cx: Context, at: number, size: number) => {
      memory.protect(at, size, 0)
      events.push(`munmap ${at} ${size}`)
      return 0
    },
  } as unknown as KernelCalls
  libc = new Libc({
    process,
    kernel,
    coroutines: { begin: () => events.push('begin'), leaveGate: () => {}, unwound: () => {} },
    abi: linuxGnu,
    functions: registry,
    observer: { gap: (truth, name, detail) => events.push(`${truth} ${name} ${detail}`) },
    object: (name) => (name === '__libc_heap' ? HEAP : 0),
    ...(withLeaves ? { leaves } : {}),
  })
  let storage = STORAGE
  const port = {
    memory,
    reserve: (_at: number, size: number, align: number) => {
      const at = Math.ceil(storage / align) * align
      storage = at + size
      return at
    },
    protect: (at: number, size: number) => memory.protect(at, size, Perm.read | Perm.write),
    release: (at: number, size: number) => memory.protect(at, size, 0),
  } as unknown as LoaderPort
  const tls = new Tls(port, { tcbSize: 4096, surplus: 64, stackGuard: [1, 2] })
  for (const memsz of [24, 100, 5000]) {
    const segment = { type: 7, flags: 4, offset: 0, vaddr: DATA + memsz, filesz: 8, memsz, align: 16 }
    const module = { base: 0, tls: segment, tlsModule: 0, tlsOffset: 0 }
    tls.addModule(module)
    if (memsz === 24) tls.makeStatic(module)
  }
  const pointer = tls.allocate()!
  const linker = { tlsGetAddr: (tp: number, module: number, offset: number) => tls.address(tp, module, offset) ?? 0 }
  setPlatform(process, { linker } as never)
  memory.protect(BLOCK, 0x3000, Perm.read | Perm.write)
  memory.protect(STACK - 0x1000, 0x2000, Perm.read | Perm.write)
  memory.protect(DATA, 0x2000, Perm.read | Perm.write)
  memory.protect(READ_ONLY, 0x1000, Perm.read)
  for (let at = 0; at < 0x3000; at++) memory.setU8(DATA + at, (at * 7) & 0xff)
  for (const [i, module] of MODULES.entries()) {
    memory.setSize(INDICES + i * 16, module)
    memory.setSize(INDICES + i * 16 + 8, i * 3)
  }
  memory.setSize(BLOCK + Thread.tls, pointer)
  cpu.state.fsBase = BigInt(pointer)
  for (const [i, name] of NAMES.entries()) {
    const [code, gate] = [CODE + i * 16, GATES + i * 16]
    memory.u8.set([0xe8, 0, 0, 0, 0, 0xf4], code)
    memory.setU32(code + 1, gate - (code + 5))
    memory.u8.set([0x0f, 0x3f], gate)
    memory.setU32(gate + 2, gateId(name))
  }
  memory.protect(CODE, 0x1000, Perm.read | Perm.exec)
  memory.protect(GATES, 0x1000, Perm.read | Perm.exec | Perm.gate)
  const call = (name: Name, ...args: readonly number[]) => {
    cpu.state.rip = BigInt(CODE + NAMES.indexOf(name) * 16)
    cpu.state.setNumber(Gpr.rsp, STACK)
    cpu.state.set(Gpr.rax, 0x1111_2222_3333_4444n)
    for (const [i, register] of [Gpr.rdi, Gpr.rsi, Gpr.rdx].entries()) cpu.state.setNumber(register, args[i] ?? 0)
    const exit = cpu.run(1000)
    return {
      exit,
      rax: cpu.state.get(Gpr.rax),
      rsp: cpu.state.get(Gpr.rsp),
      fuel: cpu.fuelUsed,
      errno: memory.getU32(BLOCK + Thread.errno),
    }
  }
  const bytes = () =>
    Buffer.concat([
      memory.bytes(HEAP, HEAP_SIZE),
      memory.bytes(DATA, 0x3000),
      memory.bytes(MAPPED, free - MAPPED),
      memory.bytes(STORAGE, storage - STORAGE),
    ])
  const answered = () => NAMES.map((name) => cpu.answered(leaves, gateId(name)))
  return { call, bytes, events, answered, libc, memory, cpu }
}

/** Bytes repeat from 256 to 256: strings from here on are alike. */
const alike = fc.tuple(fc.nat(7), fc.constantFrom(1, 2, 9, 200)).map(([i, offset]) => DATA + i * 256 + offset)
const place = fc.oneof(
  alike,
  fc.integer({ min: DATA, max: DATA + 0x2000 }),
  fc.integer({ min: READ_ONLY - 40, max: READ_ONLY + 8 }),
  fc.integer({ min: HOLE - 40, max: HOLE + 8 }),
  fc.constantFrom(0, 0xffff_ffff, 0x1_0003_0000, NEAR_BASE, ENGINE_BASE),
)
const length = fc.oneof(fc.nat(40), fc.nat(5000), fc.constantFrom(0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 64, 65, 0x10_0000, 2 ** 40))
const size = fc.oneof(fc.nat(100), fc.nat(3000), fc.nat(300_000), fc.constantFrom(0, 1016, 1017, 262_136, 262_137, 2 ** 33))
/** A byte; those about NUL, and others, also of more bits. */
const wanted = fc.oneof(fc.constantFrom(0, 7, 14, 242, 249), fc.integer({ min: -300, max: 300 }))
/** A block is freed and resized by its number among those that were given; now and then twice. */
const step = fc.oneof(
  fc.tuple(fc.constantFrom('memcpy' as const, 'memmove' as const, 'memcmp' as const), place, place, length),
  fc.tuple(fc.constant('memset' as const), place, fc.integer({ min: -1, max: 300 }), length),
  fc.tuple(fc.constant('strlen' as const), place),
  fc.tuple(fc.constant('memchr' as const), place, wanted, length),
  fc.tuple(
    fc.constant('__tls_get_addr' as const),
    fc.oneof(
      fc.nat(MODULES.length - 1).map((i) => INDICES + i * 16),
      place,
    ),
  ),
  fc.tuple(fc.constantFrom('strcmp' as const, 'strcpy' as const, 'stpcpy' as const), place, place),
  fc.tuple(fc.constant('strncmp' as const), place, place, length),
  fc.tuple(fc.constantFrom('strchr' as const, 'strchrnul' as const, 'strrchr' as const), place, wanted),
  fc.tuple(fc.constantFrom('toupper' as const, 'tolower' as const), fc.integer({ min: -300, max: 300 })),
  fc.tuple(fc.constant('malloc' as const), size),
  fc.tuple(fc.constant('calloc' as const), size, fc.constantFrom(0, 1, 3)),
  fc.tuple(fc.constant('calloc' as const), fc.constantFrom(2 ** 20, 2 ** 33), fc.constantFrom(2 ** 20, 2 ** 33)),
  fc.tuple(fc.constant('realloc' as const), fc.nat(30), fc.oneof(fc.nat(60), size)),
  fc.tuple(fc.constant('free' as const), fc.nat(30)),
)

test.each(['interpreter', 'translator'] as const)('leaves do what the rows do: %s', (engine) => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 40, maxLength: 80 }), (steps) => {
      const [with_, without] = [world(engine, true), world(engine, false)]
      const blocks: number[] = []
      for (const [name, ...args] of steps) {
        const [first, ...rest] = args
        const real = name === 'free' || name === 'realloc' ? [blocks[first % (blocks.length || 1)] ?? 0, ...rest] : args
        const [ours, rows] = [with_.call(name, ...real), without.call(name, ...real)]
        expect([name, ...real, ours]).toEqual([name, ...real, rows])
        if ((name === 'malloc' || name === 'calloc' || name === 'realloc') && ours.rax !== 0n) blocks.push(Number(ours.rax))
      }
      expect(with_.bytes().equals(without.bytes())).toBe(true)
      expect(with_.events).toEqual(without.events)
      expect(with_.libc.callCounts()).toEqual(without.libc.callCounts())
    }),
    { numRuns: 20 },
  )
})

test('what a program calls again is answered without the host', () => {
  const { call, answered } = world('translator', true)
  for (let i = 0; i < 10; i++) {
    call('memcpy', DATA, READ_ONLY, 100)
    call('memset', DATA, 1, 10)
    call('memcmp', DATA, DATA, 64)
    call('strlen', DATA)
    call('memchr', DATA, 70, 100)
    call('__tls_get_addr', INDICES + 16)
    const { rax } = call('malloc', 50)
    call('realloc', Number(rax), 40)
    call('free', Number(rax))
    call('free', Number(call('calloc', 5, 10).rax))
    for (const name of ['strcmp', 'strcpy', 'stpcpy'] as const) call(name, DATA, DATA + 300)
    call('strncmp', DATA, DATA + 300, 4)
    for (const name of ['strchr', 'strchrnul', 'strrchr'] as const) call(name, DATA, 70)
    for (const name of ['toupper', 'tolower'] as const) call(name, 0x61)
  }
  // The first call of a name is the host's, which says what it thinks of it; so is the allocation that finds the heap empty.
  expect(answered()).toEqual(NAMES.map((name) => (name === 'memmove' ? 0 : name === 'free' ? 19 : 9)))
})

test('a gate that was unmapped is left alone', () => {
  const { call, answered, memory, cpu } = world('interpreter', true)
  for (let i = 0; i < 3; i++) call('memset', DATA, 1, 10)
  memory.protect(GATES, 0x1000, 0)
  cpu.codeChanged(GATES, 0x1000)
  const { exit } = call('memset', DATA, 1, 10)
  expect(exit).toMatchObject({ kind: 'fault' })
  expect(answered()[2]).toBe(2)
})

test.each([36, 37, 72, 73, 0])('a block of 72 bytes becomes one of %i as the row has it', (size) => {
  const [ours, rows] = [true, false].map((withLeaves) => {
    const { call, bytes } = world('interpreter', withLeaves)
    for (let i = 0; i < 3; i++) call('realloc', Number(call('malloc', 72).rax), 40)
    return [call('realloc', Number(call('malloc', 72).rax), size), bytes().toString('latin1')]
  })
  expect(ours).toEqual(rows)
})
