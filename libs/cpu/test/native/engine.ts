/** Our side: the same cases on an engine. */
import { type Cpu, type CpuOptions, createCpu, GuestMemory, Hosted, Perm } from '../../src/index.ts'
import { restoreImage, saveImage } from '../../src/run/fx-image.ts'
import {
  At,
  type Batch,
  CODE_AT,
  DATA_AT,
  FS_BASE,
  GS_BASE,
  GUARD_AT,
  MIDDLE,
  MIDDLE_AT,
  RESULT_SIZE,
  type Results,
  splitResults,
  TAIL,
  TAIL_AT,
  WRITABLE_AT,
} from './batch.ts'

/** Unmapped for the guest: images pass through here. */
const SCRATCH = 0x5000_0000
const FUEL = 100_000
/** Under it the exception flags are not kept until they are asked for. */
export const PLAIN_MXCSR = 0x1f80
/** Stand in a result's vector for exits that are no faults. */
export const NotFault = { fuel: 0xf0, syscall: 0xf1, hosted: 0xf2, interrupt: 0xf3, unsupported: 0xff } as const

/**
 * The batch on an engine of its own. An engine that translates comes to all instructions twice before their cases count, so that what
 * waits for others is translated by then.
 */
export function runOnEngine(batch: Batch, options: CpuOptions = {}): Results & { readonly translated: number } {
  const memory = new GuestMemory()
  memory.protect(CODE_AT, batch.code.length, Perm.read | Perm.exec)
  memory.protect(DATA_AT, 4096, Perm.read)
  memory.protect(WRITABLE_AT, 8192, Perm.read | Perm.write)
  memory.protect(GUARD_AT, 4096, Perm.mapped)
  memory.bytes(CODE_AT, batch.code.length).set(batch.code)
  memory.bytes(DATA_AT, 4096).set(batch.readable)
  let unsupported = false
  const cpu = createCpu(memory, { hosted: () => Hosted.leave, unsupported: () => (unsupported = true) }, options)
  const out = Buffer.alloc(batch.cases.length * RESULT_SIZE + 8192)
  const { results } = splitResults(out, batch.cases.length)
  const first = new Map([...batch.cases].reverse().map((each) => [each.view.getBigUint64(At.rip, true), each]))
  if (options.engine === 'translator')
    for (const each of [...first.values(), ...first.values()]) {
      load(cpu, each)
      cpu.run(FUEL)
    }
  if (options.engine === 'translator') memory.bytes(WRITABLE_AT, 8192).fill(0)
  for (const [i, each] of batch.cases.entries()) {
    unsupported = false
    load(cpu, each)
    const exit = cpu.run(FUEL)
    const result = results[i]
    const fault = exit.kind === 'fault' ? exit.fault : { vector: NotFault[exit.kind], code: 0, address: 0n }
    result.set(At.vector, BigInt(unsupported ? NotFault.unsupported : fault.vector))
    result.set(At.code, BigInt(fault.code))
    result.set(At.address, fault.address)
    store(cpu, result)
  }
  out.set(memory.bytes(WRITABLE_AT, 8192), batch.cases.length * RESULT_SIZE)
  const translated = cpu.counters().translatedFunctions
  return { results, writable: out.subarray(batch.cases.length * RESULT_SIZE), translated }
}

function load(cpu: Cpu, from: Batch['cases'][number]): void {
  const { memory, state } = cpu
  cpu.reset()
  memory.bytes(SCRATCH, 512).set(from.fx)
  restoreImage(memory, SCRATCH)
  if (state.mxcsr !== PLAIN_MXCSR) cpu.keepFloatFlags()
  for (let i = 0; i < 16; i++) state.set(i, from.gpr(i))
  state.rip = from.view.getBigUint64(At.rip, true)
  state.rflags = from.view.getUint32(At.rflags, true)
  state.fsBase = BigInt(FS_BASE)
  state.gsBase = BigInt(GS_BASE)
  memory.bytes(MIDDLE_AT, MIDDLE).set(from.middle)
  memory.bytes(TAIL_AT, TAIL).set(from.tail)
}

function store(cpu: Cpu, to: Results['results'][number]): void {
  const { memory, state } = cpu
  for (let i = 0; i < 16; i++) to.set(At.gpr + i * 8, state.get(i))
  to.set(At.rip, state.rip)
  to.set(At.rflags, BigInt(state.rflags))
  saveImage(memory, SCRATCH)
  to.fx.set(memory.bytes(SCRATCH, 416))
  to.middle.set(memory.bytes(MIDDLE_AT, MIDDLE))
  to.tail.set(memory.bytes(TAIL_AT, TAIL))
}
