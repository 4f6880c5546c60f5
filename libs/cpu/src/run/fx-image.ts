/** The memory image of fxsave and fxrstor (SDM vol. 1, table 10-2); instruction and operand pointers are saved as 0. */
import type { GuestMemory } from '../memory/guest-memory.ts'
import { State } from './state-block.ts'

export const FX_SIZE = 512
const TOP_SHIFT = 11

/** The tag bits turn from stack order to register order, or back. */
const rotate = (tags: number, by: number): number => ((tags << by) | (tags >> (8 - by))) & 0xff

export function saveImage(memory: GuestMemory, at: number): void {
  const top = memory.getU8(State.x87Top)
  memory.bytes(at, 416).fill(0)
  memory.setU16(at, memory.getU16(State.x87Control))
  memory.setU16(at + 2, memory.getU16(State.x87Status) | (top << TOP_SHIFT))
  memory.setU8(at + 4, rotate(memory.getU8(State.x87Tags), top))
  memory.setU32(at + 24, memory.getU32(State.mxcsr))
  memory.setU32(at + 28, 0xffff)
  for (let i = 0; i < 8; i++) memory.bytes(at + 32 + i * 16, 10).set(memory.bytes(State.x87 + i * 16, 10))
  memory.bytes(at + 160, 256).set(memory.bytes(State.xmm, 256))
}

/** false = reserved MXCSR bits are set (#GP), and nothing was changed. */
export function restoreImage(memory: GuestMemory, at: number): boolean {
  if (memory.getU32(at + 24) >>> 16 !== 0) return false
  const status = memory.getU16(at + 2)
  const top = (status >> TOP_SHIFT) & 7
  memory.setU16(State.x87Control, (memory.getU16(at) & 0x1f7f) | 0x40)
  // ES and B say whether an exception that is not masked is pending.
  const pending = status & ~memory.getU16(at) & 0x3f ? 0x8080 : 0
  memory.setU16(State.x87Status, (status & 0x477f) | pending)
  memory.setU8(State.x87Top, top)
  memory.setU8(State.x87Tags, rotate(memory.getU8(at + 4), (8 - top) & 7))
  memory.setU32(State.mxcsr, memory.getU32(at + 24))
  for (let i = 0; i < 8; i++) memory.bytes(State.x87 + i * 16, 10).set(memory.bytes(at + 32 + i * 16, 10))
  memory.bytes(State.xmm, 256).set(memory.bytes(at + 160, 256))
  return true
}
