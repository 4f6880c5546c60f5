// biome-ignore-all lint/correctness/useYield: gates of the tests are coroutines, most of which never wait
import { type Cpu, Gpr } from '@bootgraph/cpu'
import { describe, expect, test } from 'vitest'
import { fuelExit, machine, ret, type Script, scriptedCpu, syscall } from '../test/scripted-cpu.ts'
import type { Personality } from './calls.ts'
import type { Context } from './context/context.ts'
import type { Co } from './context/coroutine.ts'
import type { Queue } from './context/queue.ts'
import { CallTrace, callGuest, E, type Kernel, type KernelOptions, type KernelPorts, SERVED, syscallTable } from './index.ts'

const WRITE = 0x21000004
const EXIT = 1
const text = new TextEncoder()

const hello: Script = {
  4194304: (cpu) => {
    cpu.memory.bytes(0x7f_0000, 6).set(text.encode('hello\n'))
    return syscall(cpu, 0x40_0001, WRITE, 1, 0x7f_0000, 6)
  },
  4194305: (cpu) => syscall(cpu, 0x40_0002, EXIT, cpu.state.low(Gpr.rax)),
}

test('a program of 2019 writes through descriptor 1 and exits with its status', () => {
  const { kernel, output } = machine(hello, { era: '2019-11' })
  kernel.start('/hello', [], [], '/')
  expect(kernel.run()).toEqual({ kind: 'ended', status: 6, signal: 0 })
  expect(output).toEqual(['hello\n'])
})

test('a number that an era lacks is ENOSYS and a gap', () => {
  const { kernel, gaps } = machine(
    {
      4194304: (cpu) => syscall(cpu, 0x40_0001, EXIT, 0),
      4194305: (cpu) => syscall(cpu, 0x40_0002, 0x2300ca11, -1, 0, 0, 0, 0),
      4194306: () => fuelExit,
    },
    { era: '2026-08' },
  )
  const cx = kernel.start('/x', [], [], '/')
  expect(kernel.run({ budget: 10 })).toEqual({ kind: 'budget' })
  expect(gaps).toEqual(['upstream syscall: 0x1'])
  expect(BigInt.asIntN(64, cx.process.cpu.state.get(Gpr.rax))).toBe(BigInt(-E.BADF))
})

test('a call that the era has and this model lacks is a gap of the model; a number that no era has is none of its', () => {
  const lacked = [...syscallTable('2019-11').values()].find(({ name }) => !SERVED.has(name))!
  const { kernel, gaps } = machine(
    {
      4194304: (cpu) => syscall(cpu, 0x40_0001, lacked.number),
      4194305: (cpu) => syscall(cpu, 0x40_0002, 0x1234),
      4194306: () => fuelExit,
    },
    { era: '2019-11' },
  )
  kernel.start('/x', [], [], '/')
  kernel.run({ budget: 10 })
  expect(gaps).toEqual([`syscall: ${lacked.name}`, 'upstream syscall: 0x1234'])
})

test('a bad pointer is EFAULT and a wild jump is SIGSEGV', () => {
  const { kernel } = machine(
    {
      4194304: (cpu) => syscall(cpu, 0x40_0001, WRITE, 1, 0xdead_0000, 6),
      4194305: (cpu) => {
        cpu.state.rip = cpu.state.get(Gpr.rax) === BigInt.asUintN(64, BigInt(-E.FAULT)) ? 0xbad_0000n : 0x40_0000n
        return undefined
      },
    },
    { era: '2019-11' },
  )
  kernel.start('/x', [], [], '/')
  expect(kernel.run({ budget: 1000 })).toEqual({ kind: 'ended', status: 0, signal: 11 })
})

/** A library whose gates 1 … n run the given coroutines and answer with their result. */
function hostedMachine(
  gates: { [id: number]: (cx: Context, kernel: Kernel) => Co<number> },
  script: Script,
  options: Partial<KernelOptions> = {},
  ports: Partial<KernelPorts> = {},
) {
  const made = machine(script, options, {
    ...ports,
    *load(cx, path, argv, envp) {
      const own = ports.load && (yield* ports.load(cx, path, argv, envp))
      if (typeof own === 'number') return own
      const { memory, state } = cx.process.cpu
      made.kernel.calls.mmap(cx, 0x7f_0000, 0x1_0000, 3, false, 'replace', -1, 0)
      made.kernel.calls.mmap(cx, 0x20_0000, 4096, 5 | 8, false, 'replace', -1, 0)
      for (const id of Object.keys(gates).map(Number)) {
        memory.setU16(0x20_0000 + id * 16, 0x3f0f)
        memory.setU32(0x20_0000 + id * 16 + 2, id)
      }
      const personality: Personality = {
        hosted(caller, id) {
          made.kernel.begin(caller, gates[id](caller, made.kernel), (result) => {
            caller.process.cpu.state.set(Gpr.rax, BigInt.asUintN(64, BigInt(result)))
            made.kernel.leaveGate(caller)
          })
          return 1
        },
        fork: () => personality,
      }
      ;(cx.process as { personality: Personality | undefined }).personality = personality
      state.setNumber(Gpr.rsp, 0x7f_fff8)
      state.rip = 0x40_0000n
      return { path, argv }
    },
  })
  return made
}
const call =
  (gate: number, next: number): Script[number] =>
  (cpu) => {
    const rsp = cpu.state.low(Gpr.rsp) - 8
    cpu.memory.setSize(rsp, next)
    cpu.state.setNumber(Gpr.rsp, rsp)
    cpu.state.rip = BigInt(0x20_0000 + gate * 16)
    return undefined
  }
const end = (cx: Context, kernel: Kernel) => kernel.calls.exit(cx, cx.process.cpu.state.low(Gpr.rax))

describe('coroutines', () => {
  test('a library function calls a guest function and gets its result', () => {
    const { kernel } = hostedMachine(
      {
        *1() {
          return Number(yield* callGuest(0x41_0000, 20, 1))
        },
        2: end,
      },
      {
        4194304: call(1, 0x40_0001),
        4194305: call(2, 0),
        4259840: (cpu) => {
          cpu.state.set(Gpr.rax, cpu.state.get(Gpr.rdi) * 2n + cpu.state.get(Gpr.rsi))
          return ret(cpu)
        },
      },
    )
    kernel.start('/x', [], [], '/')
    expect(kernel.run({ budget: 1000 })).toEqual({ kind: 'ended', status: 41, signal: 0 })
  })

  test('a guest function that jumps out abandons the library function', () => {
    let abandoned = false
    const { kernel } = hostedMachine(
      {
        *1() {
          try {
            yield* callGuest(0x41_0000)
          } finally {
            abandoned = true
          }
          return 0
        },
        2: end,
      },
      {
        4194304: call(1, 0),
        4259840: (cpu) => {
          cpu.state.setNumber(Gpr.rsp, 0x7f_fff8)
          cpu.state.setNumber(Gpr.rax, 9)
          cpu.state.rip = 0x40_0001n
          return undefined
        },
        4194305: call(2, 0),
      },
    )
    kernel.start('/x', [], [], '/')
    expect(kernel.run({ budget: 1000 })).toEqual({ kind: 'ended', status: 9, signal: 0 })
    expect(abandoned).toBe(true)
  })
})

describe('processes', () => {
  test('fork, exit and waitpid', () => {
    const { kernel } = hostedMachine(
      {
        1: (cx, k) => k.calls.fork(cx),
        2: end,
        *3(cx, k) {
          const got = yield* k.calls.waitpid(cx, -1, 0)
          return typeof got === 'number' ? got : got.status >> 8
        },
        4: (cx, k) => k.calls.exit(cx, 33),
      },
      {
        4194304: call(1, 0x40_0001),
        4194305: (cpu) => {
          cpu.state.rip = cpu.state.get(Gpr.rax) === 0n ? 0x40_0010n : 0x40_0002n
          return undefined
        },
        4194320: call(4, 0),
        4194306: call(3, 0x40_0003),
        4194307: call(2, 0),
      },
    )
    kernel.start('/x', [], [], '/')
    expect(kernel.run({ budget: 10_000 })).toEqual({ kind: 'ended', status: 33, signal: 0 })
    expect([...kernel.table.processes.keys()]).toEqual([])
  })

  test('spawn loads a program with its descriptors, and says what failed', () => {
    const loaded: string[] = []
    const { kernel, output } = hostedMachine(
      {
        *1(cx, k) {
          const request = { path: '/child', argv: [], envp: [], actions: [{ op: 'dup2', fd: 1, to: 7 }] } as const
          const missing = yield* k.calls.spawn(cx, { ...request, actions: [{ op: 'chdir', path: '/nowhere' }] })
          const pid = yield* k.calls.spawn(cx, request)
          const got = yield* k.calls.waitpid(cx, pid, 0)
          return typeof got === 'number' || missing !== -E.NOENT ? 99 : got.status >> 8
        },
        2: end,
        *3(cx, k) {
          return (yield* k.calls.write(cx, 7, text.encode('child'))) + k.calls.getppid(cx)
        },
      },
      {
        4194304: (cpu) => {
          // The first program has no descriptor 7; the spawned one does.
          const child = loaded.length > 0
          loaded.push(child ? 'child' : 'parent')
          cpu.state.rip = child ? 0x40_0010n : 0x40_0020n
          return undefined
        },
        4194320: call(3, 0x40_0021),
        4194336: call(1, 0x40_0021),
        4194337: call(2, 0),
      },
    )
    kernel.start('/x', [], [], '/')
    expect(kernel.run({ budget: 10_000 })).toEqual({ kind: 'ended', status: 6, signal: 0 })
    expect([loaded, output]).toEqual([['parent', 'child'], ['child']])
  })

  test('a fork bomb meets EAGAIN or ENOMEM, never the host', () => {
    let refused = 0
    const { kernel } = hostedMachine(
      {
        *1(cx, k) {
          const pid = yield* k.calls.fork(cx)
          if (pid < 0) refused = pid
          return pid
        },
        2: end,
      },
      {
        4194304: call(1, 0x40_0001),
        4194305: (cpu) => {
          cpu.state.rip = refused === 0 ? 0x40_0000n : 0x40_0002n
          return undefined
        },
        4194306: call(2, 0),
      },
      {},
      { memoryLimit: 8 << 20 },
    )
    kernel.start('/x', [], [], '/')
    expect(kernel.run({ budget: 1_000_000 }).kind).toBe('ended')
    expect([-E.AGAIN, -E.NOMEM]).toContain(refused)
  })

  test('exec keeps the old image if the new one cannot be loaded', () => {
    const { kernel } = machine(
      { 4194304: () => fuelExit },
      {},
      {
        *load() {
          return -E.NOEXEC
        },
      },
    )
    kernel.start('/x', [], [], '/')
    expect(kernel.run({ budget: 1000 })).toEqual({ kind: 'ended', status: 127, signal: 0 })
    expect(kernel.budget.used).toBe(0)
  })

  test('of every engine is told once that it has retired, whatever became of its program, and no memory stays taken', () => {
    const made: Cpu[] = []
    const retired: Cpu[] = []
    const loaded: string[] = []
    const script: Script = {
      4194304: (cpu) => {
        cpu.state.rip = loaded.includes('/last') ? 0x40_0040n : 0x40_0010n
        return undefined
      },
      4194320: call(1, 0x40_0011),
      4194321: (cpu) => {
        cpu.state.rip = cpu.state.get(Gpr.rax) === 0n ? 0x40_0020n : 0x40_0030n
        return undefined
      },
      4194336: call(2, 0),
      4194352: call(3, 0),
      4194368: call(4, 0),
    }
    const { kernel } = hostedMachine(
      {
        1: (cx, k) => k.calls.fork(cx),
        *2(cx, k) {
          yield* k.calls.exec(cx, '/absent', [], [])
          return yield* k.calls.exec(cx, '/ends-in-an-initialiser', [], [])
        },
        *3(cx, k) {
          yield* k.calls.waitpid(cx, -1, 0)
          return yield* k.calls.exec(cx, '/last', [], [])
        },
        4: (cx, k) => k.calls.exit(cx, 5),
      },
      script,
      {
        makeCpu(memory, ports) {
          const cpu = scriptedCpu(memory, ports, script)
          made.push(cpu)
          return cpu
        },
        cpuRetired: (cpu) => void retired.push(cpu),
      },
      {
        *load(cx, path, argv) {
          loaded.push(path)
          if (path === '/ends-in-an-initialiser') yield* kernel.calls.exit(cx, 0)
          return path === '/absent' ? -E.NOENT : { path, argv }
        },
      },
    )
    kernel.start('/x', [], [], '/')
    expect(kernel.run({ budget: 10_000 })).toEqual({ kind: 'ended', status: 5, signal: 0 })
    expect(loaded).toEqual(['/x', '/absent', '/ends-in-an-initialiser', '/last'])
    const order = retired.map((cpu) => made.indexOf(cpu))
    expect([...order].sort(), `retired: ${order}`).toEqual([0, 1, 2, 3, 4])
    expect(kernel.budget.used).toBe(0)
  })

  test('the same seed gives the same trace', () => {
    const trace = () => {
      const lines: string[] = []
      const { kernel } = machine(hello, { era: '2019-11', trace: new CallTrace((line) => void lines.push(`${kernel.time.now} ${line}`)) })
      kernel.start('/hello', [], [], '/')
      kernel.run()
      return lines
    }
    expect(trace()).toEqual(trace())
    expect(trace()[0]).toContain('WRITE(1, "hello\\n", 6) = 6')
  })

  test('a sleeping node jumps to the next timeout; one that nobody can wake is a deadlock', () => {
    let slept = 0n
    const { kernel } = hostedMachine(
      {
        *1(cx, k) {
          const from = k.time.monotonic
          yield* k.calls.sleep(cx, from + 5_000_000_000n)
          slept = k.time.monotonic - from
          return 0
        },
        *2(cx, k) {
          yield* k.calls.futexWait(cx, 0x7f_0000, 0, undefined)
          return 0
        },
      },
      { 4194304: call(1, 0x40_0001), 4194305: call(2, 0) },
    )
    kernel.start('/x', [], [], '/')
    expect(kernel.run({ budget: 10_000 })).toEqual({ kind: 'deadlock', blocked: [1] })
    expect(slept).toBe(5_000_000_000n)
  })

  test('who goes on late after a futex leaves alone whoever waits at it since', () => {
    let reached = 0
    const { kernel } = hostedMachine(
      {
        *1(cx, k) {
          const [first, second, third] = [1, 2, 3].map(() => k.calls.futexWait(cx, 0x7f_0000, 0, undefined))
          first.next()
          second.next()
          // Both were woken: nobody sleeps there.
          first.next('woken')
          const { wait } = third.next().value as unknown as { wait: [Queue] }
          const [queue] = wait
          queue.sleepers.push({ wake: () => queue.sleepers.splice(0) })
          second.next('woken')
          reached = k.calls.futexWake(cx, 0x7f_0000, 1)
          return 0
        },
        2: end,
      },
      { 4194304: call(1, 0x40_0001), 4194305: call(2, 0) },
    )
    kernel.start('/x', [], [], '/')
    expect(kernel.run({ budget: 10_000 })).toEqual({ kind: 'ended', status: 0, signal: 0 })
    expect(reached).toBe(1)
  })

  test('a clone wakes its maker through a futex', () => {
    const { kernel } = hostedMachine(
      {
        *1(cx, k) {
          k.calls.mmap(cx, 0x30_0000, 4096, 3, false, 'replace', -1, 0)
          return k.calls.clone(cx, 0x42_0000, 7, 0x30_1000, 0)
        },
        *2(cx, k) {
          const woken = yield* k.calls.futexWait(cx, 0x7f_0000, 0, undefined)
          return woken === 'woken' ? cx.process.cpu.memory.getU32(0x7f_0000) : 99
        },
        *3(cx, k) {
          cx.process.cpu.memory.setU32(0x7f_0000, cx.process.cpu.state.low(Gpr.rdi))
          return k.calls.futexWake(cx, 0x7f_0000, 1)
        },
        4: end,
      },
      {
        4194304: call(1, 0x40_0001),
        4194305: call(2, 0x40_0002),
        4194306: call(4, 0),
        4325376: call(3, 0x42_0001),
        4325377: ret,
      },
    )
    kernel.start('/x', [], [], '/')
    expect(kernel.run({ budget: 10_000 })).toEqual({ kind: 'ended', status: 7, signal: 0 })
  })
})

describe('signals', () => {
  const handler = (flags: number): [Script, Parameters<typeof hostedMachine>[0]] => [
    {
      4194304: call(1, 0x40_0001),
      4194305: call(2, 0x40_0002),
      4194306: call(3, 0),
      4390912: (cpu) => {
        cpu.memory.setU32(0x7f_0000, cpu.state.low(Gpr.rdi))
        return ret(cpu)
      },
    },
    {
      *1(cx, k) {
        k.calls.sigaction(cx, 14, { handler: 0x43_0000, flags, restorer: 0, mask: 0n })
        k.calls.alarm(cx, 1_000_000n)
        return 0
      },
      *2(cx, k) {
        const [read, write] = k.calls.pipe(cx, 0) as [number, number]
        const byte = new Uint8Array(1)
        const got = yield* k.calls.read(cx, read, byte)
        return got + 0 * write
      },
      *3(cx, k) {
        const seen = cx.process.cpu.memory.getU32(0x7f_0000)
        const result = Number(BigInt.asIntN(64, cx.process.cpu.state.get(Gpr.rax)))
        return yield* k.calls.exit(cx, seen * 10 - result)
      },
    },
  ]

  test('a handler interrupts a blocking read with EINTR', () => {
    const [script, gates] = handler(0)
    const { kernel } = hostedMachine(gates, script)
    kernel.start('/x', [], [], '/')
    expect(kernel.run({ budget: 10_000 })).toEqual({ kind: 'ended', status: 140 + E.INTR, signal: 0 })
  })

  test('SA_RESTART lets the read go on', () => {
    const [script, gates] = handler(0x1000_0000)
    const { kernel } = hostedMachine(gates, script)
    const cx = kernel.start('/x', [], [], '/')
    expect(kernel.run({ budget: 10_000 })).toEqual({ kind: 'deadlock', blocked: [1] })
    expect(cx.process.cpu.memory.getU32(0x7f_0000)).toBe(14)
  })

  test('SIGKILL ends a child that waits for good, and the parent is told', () => {
    const { kernel } = hostedMachine(
      {
        1: (cx, k) => k.calls.fork(cx),
        *2(cx, k) {
          yield* k.calls.futexWait(cx, 0x7f_0000, 0, undefined)
          return 0
        },
        *3(cx, k) {
          yield* k.calls.sleep(cx, k.time.monotonic + 1_000_000n)
          k.calls.kill(cx, 2, 9)
          const got = yield* k.calls.waitpid(cx, 2, 0)
          return typeof got === 'number' ? 99 : got.status
        },
        4: end,
      },
      {
        4194304: call(1, 0x40_0001),
        4194305: (cpu) => {
          cpu.state.rip = cpu.state.get(Gpr.rax) === 0n ? 0x40_0010n : 0x40_0002n
          return undefined
        },
        4194320: call(2, 0),
        4194306: call(3, 0x40_0003),
        4194307: call(4, 0),
      },
    )
    kernel.start('/x', [], [], '/')
    expect(kernel.run({ budget: 10_000 })).toEqual({ kind: 'ended', status: 9, signal: 0 })
  })

  test('a library that only yields uses up its budget', () => {
    const { kernel } = hostedMachine(
      {
        *1() {
          for (;;) yield { yield: true }
        },
      },
      { 4194304: call(1, 0) },
    )
    kernel.start('/x', [], [], '/')
    expect(kernel.run({ budget: 100 })).toEqual({ kind: 'budget' })
  })

  test('a fault reaches its handler with the address in siginfo', () => {
    const { kernel } = hostedMachine(
      {
        *1(cx, k) {
          k.calls.sigaction(cx, 11, { handler: 0x43_0000, flags: 4, restorer: 0, mask: 0n })
          return 0
        },
        2: end,
      },
      {
        4194304: call(1, 0x55_0000),
        4390912: (cpu) => {
          const address = cpu.memory.getSize(cpu.state.low(Gpr.rsi) + 16)
          cpu.state.setNumber(Gpr.rax, address === 0x55_0000 ? 5 : 6)
          cpu.state.rip = 0x43_0001n
          return undefined
        },
        4390913: call(2, 0),
      },
    )
    kernel.start('/x', [], [], '/')
    expect(kernel.run({ budget: 1000 })).toEqual({ kind: 'ended', status: 5, signal: 0 })
  })
})
