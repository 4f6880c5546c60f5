/**
 * One PT_TLS out of all of them (ELF TLS ABI, variant II): each object's block keeps the distance below the thread pointer that
 * the dynamic linker would give it, so local-exec code of the program and initial-exec code of libraries fit as they are.
 */
import type { Dso } from '../dso.ts'
import { alignUp } from '../elf/byte-writer.ts'
import type { ThreadStorage } from '../reloc/x86_64.ts'
import type { Link } from './link.ts'

/** Of the first block below the thread pointer, like that of the dynamic linker. */
const MIN_ALIGN = 64

export interface MergedTls extends ThreadStorage {
  readonly size: number
  readonly align: number
  /** Offset of an object's block in the merged one. */
  start(dso: Dso): number
}

/** Decides every object's distance; the program comes first and so lies next to the thread pointer. */
export function mergeTls({ objects, standIns }: Link): MergedTls {
  let used = 0
  let align = MIN_ALIGN
  for (const dso of objects) {
    if (!dso.tls) continue
    align = Math.max(align, dso.tls.align)
    used = alignUp(used + dso.tls.memsz, Math.max(1, dso.tls.align))
    dso.tlsOffset = used
    dso.tlsModule = 1
  }
  const size = used === 0 ? 0 : alignUp(used, align)
  const start = (dso: Dso): number => size - dso.tlsOffset
  return {
    size,
    align,
    start,
    offset: (dso) => (dso.tls ? dso.tlsOffset : undefined),
    module: (dso) => ({ number: dso.tlsModule, start: dso.tls ? start(dso) : 0 }),
    descriptor: (dso, offset) => (dso.tls ? [standIns.resolver(), offset - dso.tlsOffset] : undefined),
  }
}

/** The initial content, out of relocated memory; ends with the last byte that a file gave. */
export function tlsTemplate({ objects, port }: Link, merged: MergedTls): Uint8Array {
  const blocks = objects.filter((dso) => dso.tls !== undefined && dso.tls.filesz > 0)
  const out = new Uint8Array(Math.max(0, ...blocks.map((dso) => merged.start(dso) + (dso.tls?.filesz ?? 0))))
  for (const dso of blocks) {
    const from = dso.base + (dso.tls?.vaddr ?? 0)
    out.set(port.memory.u8.subarray(from, from + (dso.tls?.filesz ?? 0)), merged.start(dso))
  }
  return out
}
