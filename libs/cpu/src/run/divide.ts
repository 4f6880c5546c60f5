/** Division and high multiplication with 128-bit values, where wasm has none. */
import type { CpuState } from './cpu.ts'
import { Gpr } from './exit.ts'

/** High 64 bits of a 64 × 64 product. */
export function mulHigh(a: bigint, b: bigint, signed: number): bigint {
  const wide = signed ? BigInt.asIntN(64, a) * BigInt.asIntN(64, b) : BigInt.asUintN(64, a) * BigInt.asUintN(64, b)
  return BigInt.asIntN(64, wide >> 64n)
}

/** DIV and IDIV (SDM vol. 2). 0 = #DE, and nothing was changed. */
export function divide(state: CpuState, divisor: bigint, width: number, signed: boolean): number {
  const bits = BigInt(width * 8)
  const low = BigInt.asUintN(Number(bits), state.get(Gpr.rax))
  const high = width === 1 ? (state.get(Gpr.rax) >> 8n) & 0xffn : BigInt.asUintN(Number(bits), state.get(Gpr.rdx))
  const cut = (value: bigint, size: number) => (signed ? BigInt.asIntN(size, value) : BigInt.asUintN(size, value))
  const dividend = cut((high << bits) | low, width * 16)
  const by = cut(divisor, width * 8)
  if (by === 0n) return 0
  const quotient = dividend / by
  if (cut(quotient, width * 8) !== quotient) return 0
  const remainder = dividend % by
  if (width === 1) {
    const ax = (BigInt.asUintN(8, remainder) << 8n) | BigInt.asUintN(8, quotient)
    state.set(Gpr.rax, (state.get(Gpr.rax) & ~0xffffn) | ax)
    return 1
  }
  put(state, Gpr.rax, quotient, width)
  put(state, Gpr.rdx, remainder, width)
  return 1
}

function put(state: CpuState, index: number, value: bigint, width: number): void {
  const cut = BigInt.asUintN(width * 8, value)
  state.set(index, width >= 4 ? cut : (state.get(index) & ~0xffffn) | cut)
}
