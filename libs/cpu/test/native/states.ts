/** Machine states for an instruction: edge values in its registers, and its memory operand where accesses go right and wrong. */
import type { Instruction, Operand } from '../../src/decode/decoder.ts'
import { ENGINE_BASE, NEAR_BASE } from '../../src/memory/guest-memory.ts'
import { At, type Case, DATA_AT, FS_BASE, Fx, GS_BASE, GUARD_AT, HOLE_AT, MIDDLE, MIDDLE_AT, TAIL, TAIL_AT, WRITABLE_AT } from './batch.ts'
import { double, extended, integer, type Random, single } from './random.ts'

const [RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI] = [0, 1, 2, 3, 4, 5, 6, 7]

/** An address for an access of `size` bytes. */
function place(random: Random, size: number): bigint {
  const n = random.below(100)
  const middle = MIDDLE_AT + MIDDLE / 2
  const at = ((): number | bigint => {
    if (n < 50) return MIDDLE_AT + 16 + (random.below(MIDDLE - 16 - 128) & (random.below(2) ? -1 : -16))
    if (n < 62) return middle - random.below(size + 1)
    if (n < 68) return TAIL_AT + TAIL - size
    if (n < 76) return HOLE_AT - 1 - random.below(size + 1)
    if (n < 81) return DATA_AT + 64 + random.below(2048)
    if (n < 86) return WRITABLE_AT - random.below(size + 1)
    if (n < 90) return GUARD_AT - 1 - random.below(size + 1)
    if (n < 92) return HOLE_AT + random.below(4000)
    if (n < 94) return random.below(0x1_0000)
    if (n < 95) return 0xffff_ffff - random.below(size + 1)
    if (n < 96) return (random.below(2) ? NEAR_BASE : ENGINE_BASE) + random.below(0x100_0000)
    if (n < 97) return 0x1_0000_0000n + BigInt(MIDDLE_AT + random.below(256))
    if (n < 98) return 0x8000_0000_0000_0000n | random.u64()
    if (n < 99) return (random.u64() & 0x7fff_ffff_ffff_ffffn) | 0x4000_0000_0000_0000n
    return -1n - BigInt(random.below(64))
  })()
  return BigInt(at)
}

function fillFloats(bytes: Buffer, random: Random): void {
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    const kind = random.below(4)
    if (kind === 0) bytes.writeBigUInt64LE(BigInt.asUintN(64, double(random)), at)
    else if (kind === 1) {
      bytes.writeUInt32LE(single(random), at)
      bytes.writeUInt32LE(single(random), at + 4)
    } else bytes.writeBigUInt64LE(BigInt.asUintN(64, integer(random)), at)
  }
}
/** 16 bytes as one kind of vector. */
function fillVector(bytes: Buffer, random: Random): void {
  const kind = random.below(3)
  for (let at = 0; at < 16; at += 8) {
    if (kind === 0) bytes.writeBigUInt64LE(BigInt.asUintN(64, double(random)), at)
    else if (kind === 1) {
      bytes.writeUInt32LE(single(random), at)
      bytes.writeUInt32LE(single(random), at + 4)
    } else bytes.writeBigUInt64LE(BigInt.asUintN(64, integer(random)), at)
  }
}

/** Sets the base (or index) register so that the operand lies at `target`. */
function aim(into: Case, memory: Extract<Operand, { kind: 'm' }>, target: bigint, random: Random): void {
  const segment = memory.segment === 'fs' ? BigInt(FS_BASE) : memory.segment === 'gs' ? BigInt(GS_BASE) : 0n
  if (memory.index >= 0 && memory.index !== memory.base && random.chance(60)) into.setGpr(memory.index, BigInt(random.below(64)))
  const index = memory.index < 0 ? 0n : into.gpr(memory.index) << BigInt(memory.scale)
  if (memory.base >= 0 && memory.base !== memory.index) into.setGpr(memory.base, target - segment - memory.displacement - index)
  else if (memory.base < 0 && memory.index >= 0) into.setGpr(memory.index, (target - segment - memory.displacement) >> BigInt(memory.scale))
}

const DIVISION = /^i?div$/
const COUNTED = /^(shl|shr|sar|rol|ror|rcl|rcr|shld|shrd)$/
const STRING = /^(movs|cmps|stos|lods|scas)$/

/** Options of a run of cases. */
export interface StateOptions {
  /** MXCSR with every rounding, flush and mask setting, in place of the default. */
  readonly mxcsr?: 'any'
}

/** Fills in one case for `insn`, which lies at `at`. */
export function fillState(into: Case, insn: Instruction, at: number, random: Random, options: StateOptions = {}): void {
  for (let i = 0; i < 16; i++) into.setGpr(i, integer(random))
  into.view.setBigUint64(At.rip, BigInt(at), true)
  into.view.setUint32(At.rflags, 0x202 | (random.u32() & 0xcd5), true)
  fillFloats(into.middle, random)
  fillFloats(into.tail, random)
  fillFx(into.fx, random, options)
  const { name } = insn
  if (DIVISION.test(name) && random.chance(70)) {
    into.setGpr(RDX, random.chance(50) ? 0n : random.chance(50) ? -1n : BigInt(random.below(16)))
    if (insn.width === 1) into.setGpr(RAX, BigInt(random.below(0x1000)))
  }
  if (COUNTED.test(name) || STRING.test(name) || /^(loop|jrcxz)/.test(name))
    if (random.chance(75)) into.setGpr(RCX, BigInt(random.below(random.pick([2, 3, 40, 72]))))
  if (/^sh[lr]d$/.test(name) && insn.width === 2) into.setGpr(RCX, BigInt(random.below(17)))
  for (const register of [RSP, RBP, RSI, RDI, RBX]) {
    if (register === RSP || random.chance(70)) into.setGpr(register, place(random, insn.width === 0 ? 8 : insn.width))
  }
  if (/^(cmpxchg|cmpxchg8b)$/.test(name) && random.chance(60)) {
    // The bytes that the operand is likely to hold.
    into.middle.fill(random.pick([0, 0xff, 0x80]))
    into.setGpr(RAX, into.middle.readBigUInt64LE(0))
    into.setGpr(RDX, into.middle.readBigUInt64LE(0))
  }
  if (name === 'fxrstor' && random.chance(80)) into.middle.fill(0, 0, MIDDLE)
  const memory = insn.operands.find((each) => each.kind === 'm')
  if (memory?.kind === 'm') aim(into, memory, place(random, memory.width), random)
  // What a count above the operand's size stores is undefined, and must not lie about for cases to come.
  if (/^sh[lr]d$/.test(name) && insn.width === 2 && (into.gpr(RCX) & 31n) > 16n) into.setGpr(RCX, into.gpr(RCX) & ~31n)
}

function fillFx(fx: Buffer, random: Random, options: StateOptions): void {
  fx.writeUInt16LE(0x037f, Fx.control)
  if (random.chance(30)) fx.writeUInt16LE(0x007f | (random.below(4) << 10) | (random.pick([0, 2, 3]) << 8), Fx.control)
  const top = random.below(8)
  const unmasked = random.chance(15)
  if (unmasked) fx.writeUInt16LE((random.u32() & 0xf3f) | 0x40, Fx.control)
  fx.writeUInt16LE((top << 11) | (random.chance(50) ? random.u32() & (unmasked ? 0x4700 : 0x477f) : 0), Fx.status)
  fx.writeUInt8(random.chance(70) ? 0xff : random.u32() & 0xff, Fx.tags)
  fx.writeUInt32LE(0x1f80, Fx.mxcsr)
  if (options.mxcsr === 'any') fx.writeUInt32LE(random.below(0x1_0000) | (random.chance(70) ? 0x1f80 : 0), Fx.mxcsr)
  for (let i = 0; i < 8; i++) {
    const { sig, top: high } = extended(random)
    fx.writeBigUInt64LE(BigInt.asUintN(64, sig), Fx.st + i * 16)
    fx.writeUInt16LE(high, Fx.st + i * 16 + 8)
  }
  for (let i = 0; i < 16; i++) fillVector(fx.subarray(Fx.xmm + i * 16, Fx.xmm + (i + 1) * 16), random)
}
