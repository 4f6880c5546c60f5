/** Which C library of Linux a static program carries: its system calls are Linux's, which no node answers. */
import { type ElfHeader, Pt, type Segment } from '@bootgraph/ld-so/elf'

const GNU = [0x47, 0x4e, 0x55, 0]
const NT_GNU_ABI_TAG = 1
const LINUX = 0
/** Any byte, in a pattern. */
const ANY = undefined

/**
 * The first instructions of musl's crt1 (arch/x86_64/crt_arch.h): rbp cleared, the first stack and _DYNAMIC as arguments, the stack
 * aligned, a call. A stripped program has no other mark of it.
 */
const MUSL_START = [0x48, 0x31, 0xed, 0x48, 0x89, 0xe7, 0x48, 0x8d, 0x35, ANY, ANY, ANY, ANY, 0x48, 0x83, 0xe4, 0xf0, 0xe8]

export function foreignLibc(bytes: Uint8Array, { entry }: ElfHeader, segments: readonly Segment[]): 'glibc' | 'musl' | undefined {
  if (segments.some((segment) => segment.type === Pt.note && isForLinux(bytes, segment))) return 'glibc'
  const text = segments.find(({ type, vaddr, filesz }) => type === Pt.load && entry >= vaddr && entry < vaddr + filesz)
  return text && startsAs(bytes, text.offset + entry - text.vaddr, MUSL_START) ? 'musl' : undefined
}

/** glibc's crt1 brings the note that names the system whose kernel it needs (Linux Standard Base, "ABI note tag"). */
function isForLinux(bytes: Uint8Array, { offset, filesz }: Segment): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = Math.min(offset + filesz, bytes.length)
  for (let at = offset; at + 20 <= end; ) {
    const [nameSize, size, type] = [0, 4, 8].map((field) => view.getUint32(at + field, true))
    if (type === NT_GNU_ABI_TAG && nameSize === GNU.length && startsAs(bytes, at + 12, GNU)) return view.getUint32(at + 16, true) === LINUX
    at += 12 + Math.ceil(nameSize / 4) * 4 + Math.ceil(size / 4) * 4
  }
  return false
}

const startsAs = (bytes: Uint8Array, at: number, pattern: readonly (number | undefined)[]): boolean =>
  pattern.every((byte, i) => byte === ANY || bytes[at + i] === byte)
