import { ENGINE_BASE, PERMISSION_TABLE } from '../memory/guest-memory.ts'

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

/** Where the record of each address is: u32 per 256 guest addresses, the offset of their chunk in `CHUNKS`; the first chunk stays empty. */
export const DIRECTORY = PERMISSION_TABLE + 0x10_0000
export const DIRECTORY_END = DIRECTORY + 0x400_0000
/** Chunks of one u32 per guest address: its record, or 0. */
export const CHUNKS = ENGINE_BASE
export const CHUNK_SIZE = 1024
/** Records are allotted from here. */
export const RECORDS = CHUNKS + 0x700_0000
/** End of the records' area: 192 MiB hold four million instructions. */
export const RECORDS_END = RECORDS + 0xc00_0000
/** What decoding by example knows (`quick-decoder.ts`). */
export const DECODER = RECORDS_END
export const DECODER_END = DECODER + 0x30_0000
