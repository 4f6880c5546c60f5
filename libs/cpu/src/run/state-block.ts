/** Layout of the state block (addresses in guest memory, below GUEST_MIN). Engines, run loop and `CpuState` share it. */
import { STATE_BASE } from '../memory/guest-memory.ts'

const at = (offset: number): number => STATE_BASE + offset

export const State = {
  /** 16 general registers of 8 bytes, encoding order. */
  gpr: at(0x000),
  rip: at(0x080),
  fsBase: at(0x088),
  gsBase: at(0x090),
  /** Eight bytes that are always zero: the register that an absent base or index reads. */
  zero: at(0x098),
  /** i64 that is 0 exactly when ZF is set. */
  zf: at(0x0a0),
  /** i64 that is negative exactly when SF is set. */
  sf: at(0x0a8),
  /** Low byte whose even parity is PF. */
  pf: at(0x0b0),
  /** i32, 0 or 1 each. */
  cf: at(0x0b4),
  of: at(0x0b8),
  af: at(0x0bc),
  df: at(0x0c0),
  mxcsr: at(0x0c4),
  /** i32 fuel left in the slice. */
  fuel: at(0x0c8),
  /** u32: the record whose unlinked branch was taken last, 0 if none. */
  from: at(0x0cc),
  xmm: at(0x100),
  x87: at(0x200),
  end: at(0x300),
} as const

export const STATE_SIZE = State.end - STATE_BASE
export const gpr = (index: number): number => State.gpr + index * 8
