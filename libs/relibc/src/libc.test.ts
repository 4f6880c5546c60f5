import { type CpuState, Gpr, GuestMemory, Hosted, Perm } from '@bootgraph/cpu'
import { type Co, type Context, type KernelCalls, type Process, wait } from '@bootgraph/kernel'
import { describe, expect, it } from 'vitest'
import { linuxGnu } from './abi/linux-gnu.ts'
import { setjmp } from './header/setjmp/index.ts'
import { Libc } from './libc.ts'
import { ModelGap } from './platform/model-gap.ts'
import { Thread } from './platform/thread-block.ts'
import { blocking, type FunctionRow, leaf } from './registry/define.ts'

const STACK = 0x2_0000
const BUFFER = 0x3_0000
const BLOCK = 0x4_0000

/** A library over real guest memory with these rows at gates 0, 1 …; arguments are what `args` holds. */
function library(rows: readonly FunctionRow[]) {
  const memory = new GuestMemory()
  memory.protect(0x1_0000, 0x8_0000, Perm.read | Perm.write)
  const registers = new BigUint64Array(16)
  const state = {
    rip: 0n,
    get: (i: number) => registers[i],
    set: (i: number, value: bigint) => void (registers[i] = value),
    low: (i: number) => Number(registers[i] & 0xffff_ffffn),
    setNumber: (i: number, value: number) => void (registers[i] = BigInt(value)),
  } as unknown as CpuState
  const process = { pid: 1, contexts: [], cpu: { memory, state } } as unknown as Process
  const begun: { co: Co<unknown>; finish: (value: unknown) => void }[] = []
  const gaps: string[] = []
  const args: unknown[] = []
  const killed: [tid: number, signal: number][] = []
  let left = 0
  const libc = new Libc({
    process,
    kernel: {
      sigprocmask: () => 0n,
      signalled: () => false,
      sigaction: () => 0,
      fault: (cx: Context) => killed.push([cx.tid, 11]),
      tkill: (_cx: Context, tid: number, signal: number) => killed.push([tid, signal]),
      *exit(_cx: Context, status: number) {
        killed.push([0, status])
        yield { gone: true }
      },
    } as unknown as KernelCalls,
    coroutines: {
      begin: (_cx, co, finish) => void begun.push({ co, finish: finish as (value: unknown) => void }),
      leaveGate: () => void left++,
      unwound: () => {},
    },
    abi: linuxGnu,
    functions: {
      get: (id) =>
        rows[id] && {
          row: rows[id],
          arguments: () => args,
          result: (c, value) => c.state.set(Gpr.rax, BigInt(value as number)),
        },
    },
    observer: { gap: (truth, name, detail) => void gaps.push(`${truth} ${name}: ${detail}`) },
    object: () => 0,
  })
  const context = (tid: number) => ({ tid, process, threadPointer: BLOCK + tid * 0x1000 }) as unknown as Context
  return { libc, memory, registers, state, begun, gaps, killed, args, context, left: () => left }
}

describe('Libc.hosted', () => {
  it('finishes a blocking function at once if it need not wait', () => {
    const m = library([
      // biome-ignore lint/correctness/useYield: a function that has what it needs
      blocking('ready', 'int()', function* () {
        return 7
      }),
    ])
    expect(m.libc.hosted(m.context(1), 0)).toBe(Hosted.done)
    expect(m.registers[Gpr.rax]).toBe(7n)
    expect(m.begun).toEqual([])
  })

  it('gives a waiting function its own context back, whoever called in between', () => {
    const m = library([
      blocking('slow', 'int()', function* (c) {
        yield* wait([])
        return c.cx.tid
      }),
      leaf('quick', 'int()', () => 0),
    ])
    expect(m.libc.hosted(m.context(1), 0)).toBe(Hosted.leave)
    m.libc.hosted(m.context(2), 1)
    const { co, finish } = m.begun[0]
    expect(co.next().value).toEqual({ wait: [] })
    const end = co.next('woken')
    expect(end).toEqual({ done: true, value: 1 })
    finish(end.value)
    expect([m.registers[Gpr.rax], m.left()]).toEqual([1n, 1])
  })

  it('records what the model lacks and answers ENOSYS', () => {
    const m = library([leaf('absent', 'int()', () => 0, 'missing')])
    expect(m.libc.hosted(m.context(1), 0)).toBe(Hosted.done)
    expect(m.gaps).toEqual(['model absent: called, but not modelled'])
    expect(m.registers[Gpr.rax]).toBe(0xffff_ffff_ffff_ffffn)
    expect(m.memory.getU32(BLOCK + 0x1000 + Thread.errno)).toBe(38)
  })

  it('records a gap that a row throws, before or after a wait, and answers ENOSYS', () => {
    const m = library([
      leaf('now', 'int()', () => {
        throw new ModelGap('no such colour')
      }),
      blocking('later', 'int()', function* () {
        yield* wait([])
        throw new ModelGap('no such sound')
      }),
    ])
    expect(m.libc.hosted(m.context(1), 0)).toBe(Hosted.done)
    expect([m.registers[Gpr.rax], m.memory.getU32(BLOCK + 0x1000 + Thread.errno)]).toEqual([0xffff_ffff_ffff_ffffn, 38])
    m.libc.hosted(m.context(2), 1)
    const { co } = m.begun[0]
    co.next()
    expect(co.next('woken')).toEqual({ done: true, value: -1 })
    expect(m.memory.getU32(BLOCK + 0x2000 + Thread.errno)).toBe(38)
    expect(m.gaps).toEqual(['model now: no such colour', 'model later: no such sound'])
    expect(m.killed).toEqual([])
  })

  it('ends the process with SIGABRT for a defect of the library, wherever it shows', () => {
    const m = library([
      leaf('now', 'int()', (c) => c.memory.getU32(2 ** 40)),
      blocking('later', 'int()', function* (c) {
        yield* wait([])
        return c.memory.getU32(2 ** 40)
      }),
      // biome-ignore lint/correctness/useYield: it breaks in its first step
      blocking('first', 'int()', function* () {
        throw 'a bare string'
      }),
      blocking('misfit', 'int()', function* () {
        yield* wait([])
        return 0.5
      }),
    ])
    expect([0, 1, 2].map((id) => m.libc.hosted(m.context(id + 1), id))).toEqual([Hosted.leave, Hosted.leave, Hosted.leave])
    for (const { co } of m.begun) {
      let step = co.next()
      for (let i = 0; i < 3 && !step.done; i++) step = co.next('woken')
    }
    m.libc.hosted(m.context(4), 3)
    m.begun[3].finish(0.5)
    expect(m.killed.filter(([tid]) => tid > 0).sort()).toEqual([
      [1, 6],
      [2, 6],
      [3, 6],
      [4, 6],
    ])
    expect(m.gaps.map((gap) => gap.split(' ').slice(0, 3).join(' '))).toEqual([
      'model now: defect:',
      'model first: defect:',
      'model later: defect:',
      'model misfit: defect:',
    ])
  })

  it('jumps back to where setjmp returned, with a value that is never 0', () => {
    const named = (name: string): FunctionRow =>
      setjmp.rows.find((row): row is FunctionRow => row.kind === 'function' && row.name === name)!
    const m = library([named('setjmp'), named('longjmp')])
    m.registers[Gpr.rsp] = BigInt(STACK)
    m.registers[Gpr.rbx] = 99n
    m.memory.setU64(STACK, 0x1234n)
    m.args.push(BUFFER, 0)
    expect(m.libc.hosted(m.context(1), 0)).toBe(Hosted.done)
    m.registers[Gpr.rbx] = 0n
    m.registers[Gpr.rsp] = BigInt(STACK - 512)
    expect(m.libc.hosted(m.context(1), 1)).toBe(Hosted.jumped)
    expect([m.state.rip, m.registers[Gpr.rsp], m.registers[Gpr.rbx], m.registers[Gpr.rax]]).toEqual([0x1234n, BigInt(STACK + 8), 99n, 1n])
  })
})
