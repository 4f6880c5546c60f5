import { Gpr, GuestMemory, Perm } from '@bootgraph/cpu'
import type { Co, Context, KernelCalls, Process, Request } from '@bootgraph/kernel'
import { beforeEach, describe, expect, it } from 'vitest'
import { linuxGnu } from '../../abi/linux-gnu.ts'
import { writeTimespec } from '../../abi/structs.ts'
import { setPlatform } from '../../platform/platform.ts'
import { Thread } from '../../platform/thread-block.ts'
import { link } from '../../platform/threads.ts'
import type { LibcCall } from '../../registry/call.ts'
import type { CoFn, FunctionRow, LeafFn } from '../../registry/define.ts'
import { semaphore } from '../semaphore/index.ts'
import { pthread } from './index.ts'

const functions = new Map(
  [...pthread.rows, ...semaphore.rows].filter((row): row is FunctionRow => row.kind === 'function').map((row) => [row.name, row]),
)
const BLOCK = 0x2_0000
const AREA = 0x4_0000
const DATA = 0x6_0000
const HEAP = 0x10_0000
const ENTRY = 0x777
const STACK = 0x8_8000
const PAGE = 4096

interface Task {
  readonly cx: Context
  readonly co: Co<unknown>
  answer: unknown
  /** Waits on this word, if any. */
  word: number | undefined
  until: bigint | undefined
  result: unknown
  done: boolean
}

/** Guest functions by address, as host generators over the calling convention of `callGuest`. */
type Guest = Map<number, (m: Machine, argument: number) => Co<number>>
type Machine = ReturnType<typeof machine>

/** Runs coroutines in turn until all end or wait for ever; futexes, clone and virtual time are all of its kernel. */
function machine() {
  const memory = new GuestMemory()
  memory.protect(0x1_0000, 0x8_0000, Perm.read | Perm.write)
  const guest: Guest = new Map()
  const tasks: Task[] = []
  const freed: number[] = []
  const contexts: Context[] = []
  const registers = new Map<number, number>()
  const process = { pid: 1, contexts } as unknown as Process
  let now = 0n
  let brk = HEAP
  const current = (cx: Context): Task => tasks.find((task) => task.cx === cx && !task.done)!
  const kernel = {
    *futexWait(cx: Context, address: number, expected: number, until?: bigint): Co<string> {
      if (memory.getU32(address) !== expected) return 'changed'
      const task = current(cx)
      task.word = address
      task.until = until
      return yield { wait: [] }
    },
    futexWake(_cx: Context, address: number, count: number): number {
      const woken = tasks.filter((task) => task.word === address).slice(0, count)
      for (const task of woken) {
        task.word = undefined
        task.answer = 'woken'
      }
      return woken.length
    },
    mmap(_cx: Context, _at: number, length: number): number {
      const at = brk
      brk += length
      memory.protect(at, length, Perm.read | Perm.write)
      return at
    },
    munmap(_cx: Context, at: number, length: number): number {
      freed.push(at)
      memory.protect(at, length, 0)
      return 0
    },
    mprotect: () => 0,
    clock: () => now,
    clone(_cx: Context, entry: number, argument: number): number {
      const tid = contexts.length + 1
      const cx = { tid, process } as unknown as Context
      contexts.push(cx)
      expect(entry).toBe(ENTRY)
      add(cx, started(cx, argument))
      return tid
    },
    *exitThread(): Co<void> {
      yield { gone: true }
    },
    *exit(): Co<void> {
      yield { gone: true }
    },
  } as unknown as KernelCalls
  setPlatform(process, {
    linker: undefined,
    area: AREA,
    auxv: 0,
    stack: { low: 0, high: 0 },
    executable: '/bin/a',
    exitHooks: { *handlers() {}, *flush() {} },
  })
  const first = { tid: 1, process, threadPointer: BLOCK } as unknown as Context
  contexts.push(first)
  memory.setU32(BLOCK + Thread.tid, 1)
  const c = {
    memory,
    kernel,
    process,
    cx: first,
    state: {
      low: (register: number) => registers.get(register) ?? 0,
      get: (register: number) => BigInt(registers.get(register) ?? 0),
      setNumber: (register: number, value: number) => void registers.set(register, value),
    },
    abi: linuxGnu,
    storages: new Map(),
    fail(errno: number): -1 {
      memory.setU32(c.cx.threadPointer + Thread.errno, errno)
      return -1
    },
    object: () => ENTRY,
    gap: () => {},
  } as unknown as LibcCall
  link(c, BLOCK)

  /** A row as a coroutine of its caller. */
  function* call(name: string, ...args: unknown[]): Co<number> {
    const row = functions.get(name)!
    const out = (row.fn as LeafFn | CoFn)(c, ...args)
    return (row.flow === 'leaf' ? out : yield* out as Co<number>) as number
  }
  function add(cx: Context, co: Co<unknown>): Task {
    const task: Task = { cx, co, answer: undefined, word: undefined, until: undefined, result: undefined, done: false }
    tasks.push(task)
    return task
  }
  /** As the engine goes: the entry gate returns into the start routine, which returns into the gate behind it. */
  function* started(cx: Context, block: number): Co<unknown> {
    registers.set(Gpr.rsp, STACK)
    yield* call('__libc_thread_entry', block)
    const [at, argument] = [memory.getSize(registers.get(Gpr.rsp)!), registers.get(Gpr.rdi)!]
    const result: bigint = yield { call: at, args: [argument] }
    registers.set(Gpr.rax, Number(result))
    c.cx = cx
    return yield* call('__libc_thread_returned')
  }

  function* inline(body: Co<number>): Co<unknown> {
    return BigInt(yield* body)
  }
  /** Guest calls nest on the task; everything else is the kernel's. */
  function* driven(co: Co<unknown>): Co<unknown> {
    let answer: unknown
    for (;;) {
      const step = co.next(answer)
      if (step.done) return step.value
      const request: Request = step.value
      if ('call' in request) answer = yield* driven(inline(guest.get(request.call)!(made, Number(request.args[0] ?? 0))))
      else answer = yield request
    }
  }
  /** Runs everybody; time passes only when all wait. Gives the main body's result. */
  function run(body: Co<number>): unknown {
    const main = add(first, body)
    const drivers = new Map<Task, Co<unknown>>()
    for (;;) {
      const task = tasks.find((each) => !each.done && each.word === undefined)
      if (task === undefined) {
        const sleeper = tasks.find((each) => !each.done && each.until !== undefined)
        if (sleeper === undefined) break
        now = sleeper.until!
        sleeper.word = sleeper.until = undefined
        sleeper.answer = 'timeout'
        continue
      }
      c.cx = task.cx
      let driver = drivers.get(task)
      if (driver === undefined) {
        driver = driven(task.co)
        drivers.set(task, driver)
      }
      const step = driver.next(task.answer)
      if (step.done || 'gone' in step.value) {
        task.done = true
        task.result = step.done ? step.value : 'gone'
        if (task !== main && contexts.includes(task.cx)) contexts.splice(contexts.indexOf(task.cx), 1)
      }
    }
    return main.done ? main.result : 'waits for ever'
  }
  const made = { memory, guest, call, run, c, freed, contexts }
  return made
}

let m: Machine
beforeEach(() => {
  m = machine()
})
const at = (i: number): number => DATA + 64 * i
const START = 0x100

/** A guest function that neither waits nor calls. */
function plain(body: (argument: number) => number): (m: Machine, argument: number) => Co<number> {
  // biome-ignore lint/correctness/useYield: it has nothing to wait for
  return function* (_m, argument) {
    return body(argument)
  }
}

/** Makes a thread at `start` and gives its handle. */
function* create(start: number, argument: number): Co<number> {
  expect(yield* m.call('pthread_create', at(9), 0, start, argument)).toBe(0)
  return m.memory.getSize(at(9))
}

describe('threads', () => {
  it('give their result to the one that joins, once, and their memory back', () => {
    m.guest.set(
      START,
      plain((argument) => argument * 2),
    )
    const result = m.run(
      (function* () {
        const thread = yield* create(START, 21)
        expect(yield* m.call('pthread_join', thread, at(0))).toBe(0)
        return yield* m.call('pthread_join', thread, 0)
      })(),
    )
    expect(result).toBe(3)
    expect(m.memory.getSize(at(0))).toBe(42)
    expect([m.freed.length, m.contexts.length]).toEqual([1, 1])
  })

  it('run destructors of keys when they end, and again for values set by one', () => {
    const seen: number[] = []
    m.guest.set(0x200, function* (_m, value) {
      seen.push(value)
      if (value === 5) yield* m.call('pthread_setspecific', 0, 6)
      return 0
    })
    m.guest.set(START, function* () {
      return yield* m.call('pthread_setspecific', 0, 5)
    })
    m.run(
      (function* () {
        yield* m.call('pthread_key_create', at(0), 0x200)
        return yield* m.call('pthread_join', yield* create(START, 0), 0)
      })(),
    )
    expect(seen).toEqual([5, 6])
  })

  it('that are detached are reclaimed without a join, and cannot be joined', () => {
    m.guest.set(
      START,
      plain(() => 0),
    )
    const result = m.run(
      (function* () {
        const thread = yield* create(START, 0)
        expect(yield* m.call('pthread_detach', thread)).toBe(0)
        return yield* m.call('pthread_join', thread, 0)
      })(),
    )
    expect(result).toBe(22)
    expect(m.freed.length).toBe(1)
  })

  it('cannot join themselves', () => {
    expect(m.run(m.call('pthread_join', BLOCK, 0))).toBe(35)
  })

  it('stand on a stack of their maker', () => {
    m.guest.set(START, function* (_m, _argument) {
      yield* m.call('pthread_getattr_np', yield* m.call('pthread_self'), at(2))
      return yield* m.call('pthread_attr_getstack', at(2), at(3), at(4))
    })
    m.run(
      (function* () {
        yield* m.call('pthread_attr_init', at(1))
        expect(yield* m.call('pthread_attr_setstack', at(1), 0x7_0000, 1024)).toBe(22)
        expect(yield* m.call('pthread_attr_setstack', at(1), 0x7_0000, 4 * PAGE)).toBe(0)
        yield* m.call('pthread_create', at(9), at(1), START, 0)
        return yield* m.call('pthread_join', m.memory.getSize(at(9)), 0)
      })(),
    )
    expect([m.memory.getSize(at(3)), m.memory.getSize(at(4))]).toEqual([0x7_0000, 4 * PAGE])
  })
})

describe('condition variables', () => {
  it('hand over between two threads under the mutex', () => {
    const log: string[] = []
    m.guest.set(START, function* () {
      yield* m.call('pthread_mutex_lock', at(0))
      while (m.memory.getU32(at(2)) === 0) yield* m.call('pthread_cond_wait', at(1), at(0))
      log.push('seen')
      return yield* m.call('pthread_mutex_unlock', at(0))
    })
    const result = m.run(
      (function* () {
        const threads = [yield* create(START, 0), yield* create(START, 0)]
        for (let i = 0; i < 2; i++) yield* m.c.kernel.futexWait(m.c.cx, at(5), 0, BigInt(i + 1)) as Co<unknown>
        yield* m.call('pthread_mutex_lock', at(0))
        m.memory.setU32(at(2), 1)
        log.push('set')
        yield* m.call('pthread_cond_broadcast', at(1))
        yield* m.call('pthread_mutex_unlock', at(0))
        for (const thread of threads) yield* m.call('pthread_join', thread, 0)
        return 1
      })(),
    )
    expect(result).toBe(1)
    expect(log).toEqual(['set', 'seen', 'seen'])
    expect(m.memory.getU32(at(0))).toBe(0)
  })

  it('time out with the mutex held again', () => {
    const result = m.run(
      (function* () {
        yield* m.call('pthread_mutex_lock', at(0))
        writeTimespec(m.memory, at(3), 1_500_000_000n)
        return yield* m.call('pthread_cond_timedwait', at(1), at(0), at(3))
      })(),
    )
    expect(result).toBe(110)
    expect(m.memory.getU32(at(0))).toBe(1)
  })

  it('keep a waiter that nobody signals', () => {
    const body = function* (): Co<number> {
      yield* m.call('pthread_mutex_lock', at(0))
      return yield* m.call('pthread_cond_wait', at(1), at(0))
    }
    expect(m.run(body())).toBe('waits for ever')
  })
})

describe('once', () => {
  it('runs its routine one time and makes others wait for its end', () => {
    const log: string[] = []
    m.guest.set(0x300, function* () {
      log.push('begin')
      yield* m.c.kernel.futexWait(m.c.cx, at(5), 0, 10n) as Co<unknown>
      log.push('end')
      return 0
    })
    m.guest.set(START, function* () {
      const result = yield* m.call('pthread_once', at(0), 0x300)
      log.push('after')
      return result
    })
    m.run(
      (function* () {
        const threads = [yield* create(START, 0), yield* create(START, 0)]
        for (const thread of threads) yield* m.call('pthread_join', thread, 0)
        return 0
      })(),
    )
    expect(log).toEqual(['begin', 'end', 'after', 'after'])
  })
})

describe('semaphores', () => {
  it('let a waiter go for each post', () => {
    const log: number[] = []
    m.guest.set(START, function* (_m, argument) {
      yield* m.call('sem_wait', at(0))
      log.push(argument)
      return 0
    })
    const result = m.run(
      (function* () {
        yield* m.call('sem_init', at(0), 0, 1)
        const threads = [yield* create(START, 1), yield* create(START, 2)]
        yield* m.call('pthread_join', threads[0], 0)
        expect(log).toEqual([1])
        yield* m.call('sem_post', at(0))
        yield* m.call('pthread_join', threads[1], 0)
        return yield* m.call('sem_trywait', at(0))
      })(),
    )
    expect(result).toBe(-1)
    expect(m.memory.getU32(BLOCK + Thread.errno)).toBe(11)
    expect(log).toEqual([1, 2])
  })
})
