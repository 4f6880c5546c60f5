import { type Cpu, type CpuPorts, type Exit, Gpr, type GuestMemory, Hosted } from '@bootgraph/cpu'
import { type Co, type Context, Kernel, type KernelOptions, type KernelPorts, type ProcessState } from '../src/index.ts'

/**
 * A cpu for scheduler tests: "code" is a host function per guest address, which acts on the registers as instructions would and
 * says how it ends. Gates of mapped pages work as in the real engine. It executes no x86.
 */
export type Step = (cpu: Cpu) => Exit | undefined
export type Script = { readonly [address: number]: Step }

export const syscallExit: Exit = { kind: 'syscall', int80: false }
export const fuelExit: Exit = { kind: 'fuel' }

export function scriptedCpu(memory: GuestMemory, ports: CpuPorts, script: Script): Cpu {
  const registers = new BigUint64Array(18)
  let fuelUsed = 0
  const u64 = (value: bigint) => BigInt.asUintN(64, value)
  const state = {
    get: (index: number) => registers[index],
    set: (index: number, value: bigint) => void (registers[index] = u64(value)),
    low: (index: number) => Number(registers[index] & 0xffff_ffffn),
    high: (index: number) => Number(registers[index] >> 32n),
    setNumber: (index: number, value: number) => void (registers[index] = BigInt(value)),
    get rip() {
      return registers[16]
    },
    set rip(value: bigint) {
      registers[16] = value
    },
    get fsBase() {
      return registers[17]
    },
    set fsBase(value: bigint) {
      registers[17] = value
    },
    gsBase: 0n,
    rflags: 2,
    mxcsr: 0x1f80,
    x87Control: 0x37f,
    x87Status: 0,
    xmm: () => new Uint8Array(16),
    xmmF64: () => 0,
    setXmmF64: () => {},
    pushSt: () => {},
    popSt: () => new Uint8Array(10),
  }
  const cpu: Cpu = {
    memory,
    state,
    get fuelUsed() {
      return fuelUsed
    },
    counts: false,
    instructions: 0n,
    charge: (fuel) => void (fuelUsed += fuel),
    serve: () => {},
    answered: () => 0,
    save: () => new Uint8Array(registers.slice().buffer),
    restore: (saved) => registers.set(new BigUint64Array(saved.slice().buffer)),
    reset: () => void registers.fill(0n),
    keepFloatFlags: () => {},
    codeChanged: () => {},
    moduleLoaded: () => {},
    interrupt: () => {},
    flushCache: () => {},
    end: () => false,
    counters: () => ({}),
    run(fuel) {
      for (let used = 0; used < fuel; used++) {
        fuelUsed++
        const rip = Number(state.rip)
        const step = script[rip]
        if (step) {
          const exit = step(cpu)
          if (exit) return exit
        } else if (memory.accessible(rip, 6, 4 | 8) && memory.getU16(rip) === 0x3f0f) {
          const id = memory.getU32(rip + 2)
          const answer = ports.hosted(id)
          if (answer === Hosted.leave) return { kind: 'hosted', id }
          if (answer === Hosted.done) ret(cpu)
        } else return { kind: 'fault', fault: { vector: 14, address: state.rip, code: 16, rip: state.rip } }
      }
      return fuelExit
    },
  }
  return cpu
}

/** What `ret` does. */
export function ret(cpu: Cpu): undefined {
  const rsp = cpu.state.low(Gpr.rsp)
  cpu.state.rip = cpu.memory.getU64(rsp)
  cpu.state.setNumber(Gpr.rsp, rsp + 8)
  return undefined
}

/** A `syscall` instruction at the current address with `next` behind it. */
export function syscall(cpu: Cpu, next: number, number: number, ...args: number[]): Exit {
  cpu.state.setNumber(Gpr.rax, number)
  const order = [Gpr.rdi, Gpr.rsi, Gpr.rdx, Gpr.r10, Gpr.r8, Gpr.r9]
  for (const [index, value] of args.entries()) cpu.state.set(order[index], BigInt.asUintN(64, BigInt(value)))
  cpu.state.rip = BigInt(next)
  return syscallExit
}

export interface Machine {
  readonly kernel: Kernel
  readonly output: string[]
  readonly gaps: string[]
}

/** A kernel whose every program is `script`, entered at 0x40_0000 with a stack of 64 KiB below 0x80_0000. */
export function machine(script: Script, options: Partial<KernelOptions> = {}, ports: Partial<KernelPorts> = {}): Machine {
  const output: string[] = []
  const gaps: string[] = []
  const kernel: Kernel = new Kernel({
    makeCpu: (memory, cpuPorts) => scriptedCpu(memory, cpuPorts, script),
    layers: [],
    stdio: [0, 1, 2].map(() => ({
      kind: 'pipe',
      read: () => 0,
      write: (bytes) => output.push(new TextDecoder().decode(bytes)) > 0,
    })),
    ...options,
    ports: {
      // biome-ignore lint/correctness/useYield: this loader never waits
      *load(cx, path, argv) {
        kernel.calls.mmap(cx, 0x7f_0000, 0x1_0000, 3, false, 'replace', -1, 0)
        cx.process.cpu.state.setNumber(Gpr.rsp, 0x7f_fff8)
        cx.process.cpu.state.rip = 0x40_0000n
        return { path, argv }
      },
      gap: ({ truth, kind, name }) => void gaps.push(`${truth === 'model' ? '' : `${truth} `}${kind}: ${name}`),
      seed: 1,
      memoryLimit: 1 << 28,
      ...ports,
    },
  })
  return { kernel, output, gaps }
}

/** Runs `body` as the first process's own doing and gives its result. */
export function within<T>(kernel: Kernel, body: (cx: Context, kernel: Kernel) => Co<T>): T {
  const cx = kernel.start('/x', [], [], '/')
  const results: T[] = []
  kernel.begin(cx, body(cx, kernel), (result) => {
    results.push(result)
    kernel.table.endProcess(cx.process as ProcessState, 0)
  })
  kernel.run({ budget: 10_000 })
  if (results.length !== 1) throw new Error('it did not come to its end')
  return results[0]
}
