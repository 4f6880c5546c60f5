/** Random bytes as code: the decoder takes them all, and engines agree on what they do. */
import { decode } from '../src/decode/decoder.ts'
import { type Cpu, type CpuOptions, createCpu, GuestMemory, Hosted, Perm } from '../src/index.ts'
import { encode, shapesOf } from './native/encodings.ts'
import { integer, Random } from './native/random.ts'
import { COMPARED } from './native/suite.ts'

const CODE = 0x40_0000
const DATA = 0x3000_0000
/** Two pages that hold what cases aim at, and the hole behind them. */
const DATA_SIZE = 0x3000
/** Random programs that share an engine's memory. */
const TOGETHER = 64
const SPACE = 256
const FUEL = 200

const ENGINES: readonly CpuOptions[] = [
  { engine: 'interpreter' },
  { promotion: { heat: 2, batch: 1 } },
  { engine: 'translator', promotion: { heat: 1, batch: 1 } },
]

/** Decodes so many random byte strings; throws where a result makes no sense. */
export function surviveDecoding(seed: number, count: number): void {
  const random = new Random(seed)
  const bytes = new Uint8Array(16)
  for (let i = 0; i < count; i++) {
    for (let at = 0; at < bytes.length; at++) bytes[at] = random.below(256)
    if (random.chance(50)) bytes[0] = random.pick([0x0f, 0x66, 0xf2, 0xf3, 0x48, 0x67])
    const available = random.below(17)
    const insn = decode(bytes, CODE, 0, available)
    if (insn === undefined ? available >= 15 : insn.length < 1 || insn.length > Math.min(available, 15))
      throw new Error(`decoder: ${Buffer.from(bytes.subarray(0, available)).toString('hex')} has length ${insn?.length}`)
  }
}

/** A few instructions that exist, or any bytes at all. */
function program(random: Random, at: number): Uint8Array {
  const bytes: number[] = []
  const wild = random.chance(20)
  for (let n = 1 + random.below(8); n > 0; n--) {
    const shapes = shapesOf(random.pick(COMPARED))
    if (wild) bytes.push(...Array.from({ length: 4 }, () => random.below(256)))
    else bytes.push(...encode(random.pick(shapes), random, at + bytes.length))
  }
  // A branch that goes back, now and then.
  if (random.chance(40)) bytes.push(0x75, 256 - Math.min(bytes.length + 2, 100))
  return Uint8Array.from([...bytes, 0x0f, 0x05])
}

function machine(codes: readonly Uint8Array[], options: CpuOptions): Cpu {
  const memory = new GuestMemory()
  memory.protect(CODE, TOGETHER * SPACE, Perm.read | Perm.exec)
  memory.protect(DATA, DATA_SIZE, Perm.read | Perm.write)
  memory.bytes(CODE, TOGETHER * SPACE).fill(0xcc)
  for (const [i, bytes] of codes.entries()) memory.bytes(CODE + i * SPACE, bytes.length).set(bytes)
  return createCpu(memory, { hosted: () => Hosted.leave }, options)
}

/** The state that a program ends in after so many units of fuel, in words. */
function outcome(cpu: Cpu, index: number, seed: number): string {
  const random = new Random(seed)
  const { memory, state } = cpu
  cpu.reset()
  for (let i = 0; i < 16; i++) state.set(i, random.chance(60) ? BigInt(DATA + random.below(DATA_SIZE - 64)) : integer(random))
  for (let i = 0; i < DATA_SIZE; i += 4) memory.setU32(DATA + i, random.u32())
  for (let i = 0; i < 16; i++) for (let at = 0; at < 16; at++) state.xmm(i)[at] = random.below(256)
  state.rip = BigInt(CODE + index * SPACE)
  const exit = cpu.run(FUEL)
  const registers = Array.from({ length: 16 }, (_, i) => state.get(i).toString(16))
  const vectors = Array.from({ length: 16 }, (_, i) => Buffer.from(state.xmm(i)).toString('hex'))
  const what = exit.kind === 'fault' ? `fault ${exit.fault.vector} ${exit.fault.code} ${exit.fault.address.toString(16)}` : exit.kind
  const sum = Buffer.from(memory.bytes(DATA, DATA_SIZE)).toString('latin1')
  return [what, state.rip.toString(16), state.mxcsr, state.x87Status, ...registers, ...vectors, sum].join(' ')
}

/** Runs so many random programs on every engine, twice each, so that the second time finds them translated; throws where they differ. */
export function sameOnEveryEngine(seed: number, count: number): void {
  for (let first = 0; first < count; first += TOGETHER) {
    const random = new Random(seed + first)
    const codes = Array.from({ length: Math.min(TOGETHER, count - first) }, (_, i) => program(random, CODE + i * SPACE))
    const cpus = ENGINES.map((options) => machine(codes, options))
    for (const [i, bytes] of codes.entries())
      for (let again = 0; again < 3; again++) {
        const [expected, ...others] = cpus.map((cpu) => outcome(cpu, i, seed + first + i))
        for (const [n, each] of others.entries())
          if (each !== expected)
            throw new Error(
              `engine ${JSON.stringify(ENGINES[n + 1])}, seed ${seed}, program ${first + i} [${Buffer.from(bytes).toString('hex')}]:\n${each.slice(0, 900)}\ninterpreter:\n${expected.slice(0, 900)}`,
            )
      }
  }
}
