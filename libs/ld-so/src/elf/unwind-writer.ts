/** Unwind records for made code (LSB Core, "Exception Frames"): `.eh_frame` and the table that finds its records. */
import { ByteWriter } from './byte-writer.ts'
import { Dwarf } from './unwind.ts'

/** How a walk goes from one function to its caller. All other registers are as the caller left them. */
export interface MadeFrame {
  /** Name of the function that the record is about. */
  readonly of: string
  /** Bytes from the stack pointer to the canonical frame address, below which the return address lies. */
  readonly size: number
  /** Name of the function that is asked when an exception passes (Itanium C++ ABI 1.6.2). */
  readonly personality: string
}

export interface MadePlace {
  readonly address: number
  readonly size: number
}

/** DW_EH_PE_pcrel | sdata4, udata4, datarel | sdata4. */
const PCREL = 0x1b
const UDATA4 = 0x03
const DATAREL = 0x3b
const Cfa = { define: 0x0c, offset: 0x80 } as const
/** DWARF's factor of offsets, one byte as signed LEB128: -8. */
const MINUS_EIGHT = 0x78
const SEARCH_TABLE = 12
const CIE_SIZE = 32
const FDE_SIZE = 20

/** Bytes of `unwindTables`, whatever the address. */
export const unwindSize = (frames: readonly MadeFrame[]): number => SEARCH_TABLE + frames.length * (8 + CIE_SIZE + FDE_SIZE) + 4

/** `.eh_frame_hdr` and, behind it, `.eh_frame`, both for the address `at`; `head` is how many bytes the former has. */
export function unwindTables(
  frames: readonly MadeFrame[],
  at: number,
  placeOf: (name: string) => MadePlace,
): { readonly bytes: Uint8Array; readonly head: number } {
  const out = new ByteWriter()
  const head = SEARCH_TABLE + frames.length * 8
  const placed = frames.map((frame, i) => ({
    frame,
    code: placeOf(frame.of),
    personality: placeOf(frame.personality),
    cie: head + i * (CIE_SIZE + FDE_SIZE),
  }))
  const relative = (address: number, base = at + out.length): void => out.u32(address - base)
  for (const byte of [1, PCREL, UDATA4, DATAREL]) out.u8(byte)
  relative(at + head)
  out.u32(frames.length)
  for (const { code, cie } of [...placed].sort((a, b) => a.code.address - b.code.address)) {
    relative(code.address, at)
    relative(cie + CIE_SIZE, 0)
  }
  for (const { frame, code, personality, cie } of placed) {
    out.u32(CIE_SIZE - 4)
    out.u32(0)
    out.u8(1)
    for (const letter of 'zPR\0') out.u8(letter.charCodeAt(0))
    for (const byte of [1, MINUS_EIGHT, Dwarf.returnAddress, 6, PCREL]) out.u8(byte)
    relative(personality.address)
    out.u8(PCREL)
    out.u8(Cfa.define)
    for (const byte of [Dwarf.rsp, (frame.size & 0x7f) | 0x80, frame.size >>> 7]) out.u8(byte)
    out.u8(Cfa.offset | Dwarf.returnAddress)
    out.u8(1)
    out.padTo(cie + CIE_SIZE)
    out.u32(FDE_SIZE - 4)
    out.u32(out.length - cie)
    relative(code.address)
    out.u32(code.size)
    out.padTo(cie + CIE_SIZE + FDE_SIZE)
  }
  out.u32(0)
  return { bytes: out.done(), head }
}
