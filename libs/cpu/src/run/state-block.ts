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
  /** i64 address of the memory operand handed to the host. */
  operand: at(0x0d0),
  /** u64: a call or function entry below this stack pointer goes back to the main loop, whose host stack is fresh. */
  limit: at(0x0d8),
  /** u64: a return that pops above this stack pointer leaves the interpreter that was called for the function. */
  floor: at(0x0e0),
  /** i32: 1 where such a return has just happened. */
  returned: at(0x0e8),
  /** i32: 1 where the limit was met. */
  deep: at(0x0ec),
  /** u32: address whose instruction the interpreter does next, whatever is translated there; 0 = none. */
  force: at(0x0f0),
  /** u32: slot of the translation that was left in its middle, 0 = none; and the site where. */
  landing: at(0x288),
  site: at(0x28c),
  /** u32: visits of a record that make it warm; above 0xFFFF = never. */
  heat: at(0x0f4),
  /** u64: instructions that handlers of a counting book have done. */
  instructions: at(0x0f8),
  xmm: at(0x100),
  /** Eight registers in stack order, 16 bytes each, of which 10 are used. */
  x87: at(0x200),
  /** u16 each; the status word without TOP. */
  x87Control: at(0x280),
  x87Status: at(0x282),
  /** u8: TOP. */
  x87Top: at(0x284),
  /** u8: bit i is set where st(i) holds a value. */
  x87Tags: at(0x285),
  /** u8: 1 where float arithmetic is exact, kept with the registers so that a fork's child goes on with it. */
  exactFloats: at(0x286),
  end: at(0x300),
} as const

export const STATE_SIZE = State.end - STATE_BASE
export const gpr = (index: number): number => State.gpr + index * 8

/** Where a translation that is left in its middle stores its flags: i32 of 0 or 1 each, in the order of `Flag`. */
export const Shadow = { flags: State.end } as const

/**
 * The stack that the engine vouches for, u64 each: where it begins, and how far stack pointers reach behind that. From `STACK_MARGIN` bytes below
 * any of them to as many above, all may be read and written; none is below `State.limit`. Of the engine, not of a context.
 */
export const Stack = { low: State.end + 0x20, size: State.end + 0x28 } as const
export const STACK_MARGIN = 4096
