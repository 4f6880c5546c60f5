import { PERMISSION_TABLE } from '../memory/guest-memory.ts'

/** A predecoded instruction: 48 bytes in engine memory that its handler reads. Register fields are state-block addresses. */
export const Op = {
  /** u16: slot of the handler. */
  handler: 0,
  /** u16 each: registers of up to three operands. */
  a: 2,
  b: 4,
  c: 6,
  /** u16: registers of the memory operand, State.zero where absent. */
  base: 8,
  index: 10,
  /** u8: log2 of the scale. */
  scale: 12,
  /** u16: visits by calls and back edges. */
  heat: 14,
  /** i64; in a record that enters a translation its slot. */
  displacement: 16,
  /** i64 */
  immediate: 24,
  /** u32: guest address of the instruction, of the next one, and of the branch target. */
  rip: 32,
  next: 36,
  target: 40,
  /** u32: the record of the branch target once known, else 0. */
  link: 44,
  size: 48,
} as const

/** Entry cache: direct-mapped by the low bits of rip, 8 bytes a slot: u32 rip, u32 record. */
export const ENTRY_CACHE = PERMISSION_TABLE + 0x10_0000
export const ENTRY_SLOTS = 1 << 15
/** Records are allotted from here. */
export const RECORDS = ENTRY_CACHE + ENTRY_SLOTS * 8
/** End of the records' area: 192 MiB hold four million instructions. */
export const RECORDS_END = RECORDS + 0xc00_0000
