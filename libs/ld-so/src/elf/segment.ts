/** Program headers (gABI, "Program Header"). */
import { fault, type Parsed } from './fault.ts'
import { type ElfHeader, word64 } from './header.ts'

export const PHDR_SIZE = 56
export const Pt = {
  null: 0,
  load: 1,
  dynamic: 2,
  interp: 3,
  note: 4,
  phdr: 6,
  tls: 7,
  gnuEhFrame: 0x6474e550,
  gnuStack: 0x6474e551,
  gnuRelro: 0x6474e552,
} as const
export const Pf = { x: 1, w: 2, r: 4 } as const

export interface Segment {
  /** One of `Pt`. */
  readonly type: number
  readonly flags: number
  readonly offset: number
  readonly vaddr: number
  readonly filesz: number
  readonly memsz: number
  readonly align: number
}

/** Guest addresses end below this. */
const LIMIT = 0x1_0000_0000

/**
 * The program headers; `bytes` must hold at least the header table, `size` is the whole file's.
 * Every segment is checked: inside the file, below 4 GiB, filesz ≤ memsz, alignment a power of two.
 */
export function readSegments(file: string, bytes: Uint8Array, header: ElfHeader, size = bytes.length): Parsed<readonly Segment[]> {
  const { phoff, phnum, phentsize } = header
  if (phnum === 0) return { ok: true, value: [] }
  if (phentsize !== PHDR_SIZE) return fault(file, 54, `program headers of ${PHDR_SIZE} bytes`, phentsize)
  if (phoff + phnum * PHDR_SIZE > bytes.length) return fault(file, 32, 'program headers inside the file', `offset ${phoff}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const out: Segment[] = []
  for (let i = 0; i < phnum; i++) {
    const at = phoff + i * PHDR_SIZE
    const segment: Segment = {
      type: view.getUint32(at, true),
      flags: view.getUint32(at + 4, true),
      offset: word64(view, at + 8),
      vaddr: word64(view, at + 16),
      filesz: word64(view, at + 32),
      memsz: word64(view, at + 40),
      align: word64(view, at + 48),
    }
    if (segment.type === Pt.load || segment.type === Pt.tls) {
      if (segment.offset + segment.filesz > size) return fault(file, at + 8, `a segment inside the file's ${size} bytes`, segment.offset)
      if (segment.filesz > segment.memsz) return fault(file, at + 32, 'no more bytes in the file than in memory', segment.filesz)
      if (segment.vaddr + segment.memsz > LIMIT) return fault(file, at + 16, 'addresses below 4 GiB', `0x${segment.vaddr.toString(16)}`)
      if (segment.align > 1 && !Number.isInteger(Math.log2(segment.align))) return fault(file, at + 48, 'a power of two', segment.align)
    }
    out.push(segment)
  }
  return { ok: true, value: out }
}
