/** Maps a static program's PT_LOAD segments (gABI, "Program Loading") at their own addresses, or at BASE if it is position independent. */
import { Perm } from '@bootgraph/cpu'
import { type Context, E, type KernelCalls } from '@bootgraph/kernel'
import { type ElfHeader, Et, Pf, Pt, type Segment } from '@bootgraph/ld-so/elf'

/** Where position-independent programs go. */
const BASE = 0x40_0000
const PAGE = 4096

export interface MappedImage {
  readonly base: number
  readonly entry: number
  /** Guest address of the program headers, 0 if no segment holds them. */
  readonly phdr: number
  readonly phnum: number
}

export function mapImage(
  cx: Context,
  calls: KernelCalls,
  bytes: Uint8Array,
  header: ElfHeader,
  segments: readonly Segment[],
): MappedImage | number {
  const { memory } = cx.process.cpu
  const base = header.type === Et.dyn ? BASE : 0
  const loads = segments.filter(({ type, memsz }) => type === Pt.load && memsz > 0)
  if (loads.length === 0) return -E.NOEXEC
  const pages = ({ vaddr, memsz }: Segment): [start: number, length: number] => {
    const start = Math.floor((base + vaddr) / PAGE) * PAGE
    return [start, Math.ceil((base + vaddr + memsz) / PAGE) * PAGE - start]
  }
  let phdr = 0
  for (const segment of loads) {
    const [start, length] = pages(segment)
    const at = calls.mmap(cx, start, length, Perm.read | Perm.write, false, 'noreplace', -1, 0)
    if (at < 0) return at === -E.EXIST ? -E.NOEXEC : at
    memory.bytes(base + segment.vaddr, segment.filesz).set(bytes.subarray(segment.offset, segment.offset + segment.filesz))
    const { offset, filesz } = segment
    if (header.phoff >= offset && header.phoff + header.phnum * header.phentsize <= offset + filesz) {
      phdr = base + segment.vaddr + (header.phoff - offset)
    }
  }
  for (const segment of loads) {
    const { flags } = segment
    const perm = (flags & Pf.r ? Perm.read : 0) | (flags & Pf.w ? Perm.write : 0) | (flags & Pf.x ? Perm.exec : 0)
    const failed = calls.mprotect(cx, ...pages(segment), perm)
    if (failed < 0) return failed
  }
  return { base, entry: base + header.entry, phdr, phnum: header.phnum }
}
