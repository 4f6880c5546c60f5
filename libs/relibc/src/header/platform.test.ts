import { GuestMemory, Perm } from '@bootgraph/cpu'
import type { Context, KernelCalls, Process } from '@bootgraph/kernel'
import { beforeEach, describe, expect, it } from 'vitest'
import { linuxGnu } from '../abi/linux-gnu.ts'
import { redox } from '../abi/redox.ts'
import { readTimespec, writeTimespec } from '../abi/structs.ts'
import { setPlatform } from '../platform/platform.ts'
import { AREA_SIZE, Thread } from '../platform/thread-block.ts'
import type { LibcCall } from '../registry/call.ts'
import type { CoFn, FunctionRow, LeafFn } from '../registry/define.ts'
import { platformHeaders } from './platform.ts'

const rows = platformHeaders.flatMap((header) => header.rows)
const functions = new Map(rows.filter((row): row is FunctionRow => row.kind === 'function').map((row) => [row.name, row]))

const BLOCK = 0x2_0000
const AREA = 0x4_0000
const DATA = 0x6_0000
const HOLE = 0x900_0000
const FOREVER = 'would wait'

/** One process with two contexts over real guest memory; the kernel is as small as locks need it. */
function machine() {
  const memory = new GuestMemory()
  memory.protect(0x1_0000, 0x8_0000, Perm.read | Perm.write)
  const waiting: number[] = []
  const kernel = {
    // biome-ignore lint/correctness/useYield: this kernel answers at once or says that it would wait
    *futexWait(_cx: Context, address: number, expected: number) {
      if (memory.getU32(address) !== expected) return 'changed'
      waiting.push(address)
      throw new Error(FOREVER)
    },
    futexWake: (_cx: Context, address: number) => waiting.filter((each) => each === address).length,
    clock: () => 5_000_000_000n,
    pipe: () => [3, 4],
    readlink: () => '/usr/bin/rustc',
    sigprocmask: () => 0n,
  } as unknown as KernelCalls
  const process = { pid: 1, contexts: [] } as unknown as Process
  const context = (tid: number): Context => {
    const block = BLOCK + tid * 0x3000
    memory.setU32(block + Thread.tid, tid)
    return { tid, process, threadPointer: block } as unknown as Context
  }
  const [first, second] = [context(1), context(2)]
  setPlatform(process, {
    linker: undefined,
    area: AREA,
    auxv: 0,
    stack: { low: 0, high: 0 },
    executable: '/bin/a',
    exitHooks: { *handlers() {}, *flush() {} },
  })
  const c = {
    memory,
    kernel,
    process,
    cx: first,
    abi: linuxGnu,
    storages: new Map(),
    fail(errno: number): -1 {
      memory.setU32(c.cx.threadPointer + Thread.errno, errno)
      return -1
    },
    string: (at: number) => new TextDecoder().decode(memory.u8.subarray(at, memory.cstrEnd(at))),
    object: () => 0,
    gap: () => {},
  }
  const errno = () => memory.getU32(c.cx.threadPointer + Thread.errno)
  const call = (name: string, ...args: unknown[]): unknown => {
    const row = functions.get(name)!
    const out = (row.fn as LeafFn | CoFn)(c as unknown as LibcCall, ...args)
    if (row.flow === 'leaf') return out
    const step = (out as Generator).next()
    return step.done ? step.value : step.value
  }
  return { c, memory, call, errno, first, second }
}

let m: ReturnType<typeof machine>
beforeEach(() => {
  m = machine()
})

describe('tables', () => {
  it('name every symbol once and point aliases at rows', () => {
    const names = rows.map((row) => row.name)
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
    for (const row of rows) if (row.kind === 'alias') expect(names, row.name).toContain(row.of)
  })

  it('have room for the process area in its mapping', () => {
    expect(AREA + AREA_SIZE).toBeLessThan(DATA)
  })
})

describe('mutexes', () => {
  it('exclude, then let go', () => {
    expect(m.call('pthread_mutex_lock', DATA)).toBe(0)
    m.c.cx = m.second
    expect(m.call('pthread_mutex_trylock', DATA)).toBe(16)
    expect(() => m.call('pthread_mutex_lock', DATA)).toThrow(FOREVER)
    m.c.cx = m.first
    expect(m.call('pthread_mutex_unlock', DATA)).toBe(0)
    m.c.cx = m.second
    expect(m.call('pthread_mutex_trylock', DATA)).toBe(0)
  })

  it('count when recursive and refuse when error-checking', () => {
    m.memory.setU32(DATA + 16, 1)
    expect([m.call('pthread_mutex_lock', DATA), m.call('pthread_mutex_lock', DATA)]).toEqual([0, 0])
    m.call('pthread_mutex_unlock', DATA)
    m.c.cx = m.second
    expect(m.call('pthread_mutex_unlock', DATA)).toBe(1)
    m.memory.setU32(DATA + 64 + 16, 2)
    m.call('pthread_mutex_lock', DATA + 64)
    expect(m.call('pthread_mutex_lock', DATA + 64)).toBe(35)
  })
})

describe('reader-writer locks', () => {
  it('admit readers together and writers alone', () => {
    expect([m.call('pthread_rwlock_rdlock', DATA), m.call('pthread_rwlock_rdlock', DATA)]).toEqual([0, 0])
    expect(m.call('pthread_rwlock_trywrlock', DATA)).toBe(16)
    m.call('pthread_rwlock_unlock', DATA)
    m.call('pthread_rwlock_unlock', DATA)
    expect(m.call('pthread_rwlock_trywrlock', DATA)).toBe(0)
    expect(m.call('pthread_rwlock_tryrdlock', DATA)).toBe(16)
    expect(m.call('pthread_rwlock_unlock', DATA)).toBe(0)
    expect(m.memory.getU32(DATA)).toBe(0)
  })
})

describe('keys', () => {
  it('hold a value per thread and start null again after deletion', () => {
    m.call('pthread_key_create', DATA, 0)
    const key = m.memory.getU32(DATA)
    m.call('pthread_setspecific', key, 77)
    expect(m.call('pthread_getspecific', key)).toBe(77)
    m.c.cx = m.second
    expect(m.call('pthread_getspecific', key)).toBe(0)
  })

  it('that were never made are refused', () => {
    expect(m.call('pthread_setspecific', 9, 1)).toBe(22)
  })
})

describe('pointers of the guest', () => {
  it.each([
    ['pipe2', HOLE, 0],
    ['read', 0, HOLE, 16],
    ['write', 1, 0xffff_fff0, 64],
    ['clock_gettime', 1, HOLE],
    ['sigaction', 2, HOLE, 0],
    ['poll', HOLE, 3, 0],
    ['uname', HOLE],
    ['getrandom', HOLE, 8, 0],
  ] as const)('%s answers EFAULT when one is bad', (name, ...args) => {
    expect(m.call(name, ...args)).toBe(-1)
    expect(m.errno()).toBe(14)
  })
})

describe('calls', () => {
  it('cut a link to the buffer and write no NUL', () => {
    m.memory.u8.set(new TextEncoder().encode('/x\0'), DATA)
    m.memory.setU8(DATA + 104, 0x55)
    expect(m.call('readlink', DATA, DATA + 100, 4)).toBe(4)
    expect(m.c.string(DATA + 100)).toBe('/usrU')
  })

  it('edit signal sets', () => {
    m.call('sigemptyset', DATA)
    m.call('sigaddset', DATA, 13)
    expect([m.call('sigismember', DATA, 13), m.call('sigismember', DATA, 12)]).toEqual([1, 0])
    expect(m.memory.getU64(DATA)).toBe(1n << 12n)
  })
})

describe('program ABIs', () => {
  it('turn open flags to the kernel and back', () => {
    const flags = 0o2000000 | 0o100 | 0o1000 | 1
    expect(linuxGnu.openFlags(flags)).toBe(0x100_0000 | 0x200_0000 | 0x400_0000 | 0x2_0000)
    expect(linuxGnu.programFlags(linuxGnu.openFlags(flags))).toBe(flags)
  })

  it('translate protections and signal flags of redox both ways', () => {
    expect([redox.perm(4), redox.perm(2), redox.perm(1)]).toEqual([1, 2, 4])
    const flags = 0x200_0000 | 0x400_0000
    expect(redox.programSignalFlags(redox.signalFlags(flags))).toBe(flags)
  })

  it('keep times before 1970 whole', () => {
    writeTimespec(m.memory, DATA, -1n)
    expect(m.memory.getU64(DATA + 8)).toBe(999_999_999n)
    expect(readTimespec(m.memory, DATA)).toBe(-1n)
  })
})
