/** ELF64 header (System V gABI, "ELF Header") for x86-64, little-endian. */
import { fault, type Parsed } from './fault.ts'

export const EHDR_SIZE = 64
export const Et = { rel: 1, exec: 2, dyn: 3 } as const
const EM_X86_64 = 62

export interface ElfHeader {
  /** One of `Et`. */
  readonly type: number
  readonly entry: number
  readonly phoff: number
  readonly shoff: number
  readonly flags: number
  readonly phentsize: number
  readonly phnum: number
  readonly shentsize: number
  readonly shnum: number
  readonly shstrndx: number
  /** EI_OSABI. */
  readonly osabi: number
}

/** A 64-bit field as a number; what needs more than 53 bits reads as Infinity and so fails every bound. */
export function word64(view: DataView, offset: number): number {
  const value = view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 0x1_0000_0000
  return Number.isSafeInteger(value) ? value : Number.POSITIVE_INFINITY
}

export function readHeader(file: string, bytes: Uint8Array): Parsed<ElfHeader> {
  if (bytes.length < EHDR_SIZE) return fault(file, 0, `at least ${EHDR_SIZE} bytes`, `${bytes.length}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(0, false) !== 0x7f454c46) return fault(file, 0, 'the magic 7f 45 4c 46', view.getUint32(0, false).toString(16))
  if (bytes[4] !== 2) return fault(file, 4, 'class 2 (64-bit)', bytes[4])
  if (bytes[5] !== 1) return fault(file, 5, 'data 1 (little-endian)', bytes[5])
  const machine = view.getUint16(18, true)
  if (machine !== EM_X86_64) return fault(file, 18, `machine ${EM_X86_64} (x86-64)`, machine)
  const type = view.getUint16(16, true)
  if (type !== Et.rel && type !== Et.exec && type !== Et.dyn) return fault(file, 16, 'type 1, 2 or 3', type)
  const header: ElfHeader = {
    type,
    entry: word64(view, 24),
    phoff: word64(view, 32),
    shoff: word64(view, 40),
    flags: view.getUint32(48, true),
    phentsize: view.getUint16(54, true),
    phnum: view.getUint16(56, true),
    shentsize: view.getUint16(58, true),
    shnum: view.getUint16(60, true),
    shstrndx: view.getUint16(62, true),
    osabi: bytes[7],
  }
  return { ok: true, value: header }
}
