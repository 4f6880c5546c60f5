/** One `.eh_frame_hdr` over the unwind records of all inputs (LSB core, "Exception Frames"), which stay where they are. */
import { ByteWriter } from '../elf/byte-writer.ts'
import { frameRecords } from '../elf/eh-frame.ts'
import type { Link } from './link.ts'

/** DW_EH_PE_pcrel | sdata4, udata4, datarel | sdata4: what unwinders search by halves. */
const ENCODINGS = [1, 0x1b, 0x03, 0x3b] as const
const HEAD = 12

export interface UnwindIndex {
  /** First addresses of functions, and the addresses of their records; in the order of `order`. */
  readonly starts: readonly number[]
  readonly records: readonly number[]
  /** Positions, by start. */
  readonly order: Uint32Array
  readonly firstFrame: number
  /** Of the section, bytes; 0 if nothing can be unwound. */
  readonly size: number
}

export function collectFrames({ objects, port }: Link): UnwindIndex {
  const starts: number[] = []
  const records: number[] = []
  let firstFrame = 0
  for (const dso of objects) {
    const found = frameRecords(port.memory.view, dso)
    if (found.starts.length > 0) firstFrame ||= found.frame
    for (const start of found.starts) starts.push(start)
    for (const record of found.records) records.push(record)
  }
  // Addresses have 32 bits, so a key of start and position stays an exact number for two million records.
  const keys = Float64Array.from(starts, (start, i) => start * 0x20_0000 + i).sort()
  const order = Uint32Array.from(keys, (key) => key % 0x20_0000)
  return { starts, records, order, firstFrame, size: starts.length === 0 ? 0 : HEAD + starts.length * 8 }
}

/** The section's bytes for the place `at`; undefined if a distance does not fit into 31 bits. */
export function unwindTable({ starts, records, order, firstFrame }: UnwindIndex, at: number): Uint8Array | undefined {
  const out = new ByteWriter()
  for (const byte of ENCODINGS) out.u8(byte)
  out.u32(firstFrame - (at + 4))
  out.u32(order.length)
  for (const i of order) {
    for (const address of [starts[i], records[i]]) {
      if (Math.abs(address - at) >= 2 ** 31) return undefined
      out.u32(address - at)
    }
  }
  return out.done()
}
