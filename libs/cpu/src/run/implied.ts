/**
 * Instructions with an implied address or count under an address-size prefix or a segment override: strings, xlat, loop, jrcxz
 * (SDM vol. 2). They are rare enough to be executed here, with the whole of a repeated one at once.
 */
import { Implied } from '../decode/decoder.ts'
import type { GuestMemory } from '../memory/guest-memory.ts'
import { Gpr } from './exit.ts'
import type { LiveState } from './live-state.ts'
import { State } from './state-block.ts'

/** The guest address as a number if it may be accessed, else -1. */
type Reach = (address: bigint, size: number, write: boolean) => number
const ZF = 0x40

export interface ImpliedInstruction {
  /** Opcode and `Implied` bits. */
  readonly code: number
  readonly width: number
}

/** 'branch' = taken; a fault keeps what the elements before it did. */
export function executeImplied(insn: ImpliedInstruction, memory: GuestMemory, state: LiveState, reach: Reach): 'done' | 'branch' | 'fault' {
  const { code, width } = insn
  const opcode = code & 0xff
  const bits = code & Implied.short ? 32 : 64
  const base = code & Implied.fs ? state.fsBase : code & Implied.gs ? state.gsBase : 0n
  const pointer = (index: number): bigint => BigInt.asUintN(bits, state.get(index))
  const put = (index: number, value: bigint): void => state.set(index, BigInt.asUintN(bits, value))
  if (opcode >= 0xe0) return count(opcode, pointer, put, state)
  const load = (at: number): bigint => memory.bytes(at, width).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n)
  const keep = (value: bigint): void => {
    const mask = (1n << BigInt(width * 8)) - 1n
    state.set(Gpr.rax, width === 4 ? value : (state.get(Gpr.rax) & ~mask) | value)
  }
  if (opcode === 0xd7) {
    const at = reach(base + BigInt.asUintN(bits, state.get(Gpr.rbx) + (state.get(Gpr.rax) & 0xffn)), 1, false)
    if (at < 0) return 'fault'
    keep(load(at))
    return 'done'
  }
  const kind = opcode & 0xfe
  const step = BigInt(memory.getU32(State.df) ? -width : width)
  const repeated = (code & (Implied.repe | Implied.repne)) !== 0
  const compares = kind === 0xa6 || kind === 0xae
  const reads = kind === 0xa4 || kind === 0xa6 || kind === 0xac
  for (;;) {
    if (repeated && pointer(Gpr.rcx) === 0n) return 'done'
    const from = reads ? reach(base + pointer(Gpr.rsi), width, false) : 0
    const to = kind === 0xac || from < 0 ? 0 : reach(pointer(Gpr.rdi), width, !compares)
    if (from < 0 || to < 0) return 'fault'
    const a = reads ? load(from) : BigInt.asUintN(width * 8, state.get(Gpr.rax))
    let stops = false
    if (kind === 0xac) keep(a)
    else if (compares) {
      const b = load(to)
      stops = (a === b) !== ((code & Implied.repe) !== 0)
      subtractFlags(state, a, b, width)
    } else memory.bytes(to, width).set(Uint8Array.from({ length: width }, (_, i) => Number((a >> BigInt(8 * i)) & 0xffn)))
    if (reads) put(Gpr.rsi, pointer(Gpr.rsi) + step)
    if (kind !== 0xac) put(Gpr.rdi, pointer(Gpr.rdi) + step)
    if (!repeated) return 'done'
    put(Gpr.rcx, pointer(Gpr.rcx) - 1n)
    if (stops) return 'done'
  }
}

/** loop and kin, jrcxz. */
function count(
  opcode: number,
  pointer: (index: number) => bigint,
  put: (index: number, value: bigint) => void,
  state: LiveState,
): 'done' | 'branch' {
  if (opcode === 0xe3) return pointer(Gpr.rcx) === 0n ? 'branch' : 'done'
  put(Gpr.rcx, pointer(Gpr.rcx) - 1n)
  const zero = (state.rflags & ZF) !== 0
  const goes = opcode === 0xe2 || (opcode === 0xe1) === zero
  return goes && pointer(Gpr.rcx) !== 0n ? 'branch' : 'done'
}

/** The flags of a - b. */
function subtractFlags(state: LiveState, a: bigint, b: bigint, width: number): void {
  const result = BigInt.asUintN(width * 8, a - b)
  const top = BigInt(width * 8 - 1)
  let parity = Number(result & 0xffn)
  parity ^= parity >> 4
  parity ^= parity >> 2
  parity ^= parity >> 1
  const bits =
    (a < b ? 1 : 0) |
    (parity & 1 ? 0 : 4) |
    (Number(((a ^ b ^ result) >> 4n) & 1n) << 4) |
    (result === 0n ? ZF : 0) |
    (Number(result >> top) << 7) |
    (Number((((a ^ b) & (a ^ result)) >> top) & 1n) << 11)
  state.rflags = (state.rflags & ~0x8d5) | bits
}
