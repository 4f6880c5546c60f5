/** The image's segments: runs of pages with equal permissions, with what lies in them; and RELRO. */
import { Pf, Pt, type Segment } from '../elf/segment.ts'
import { PF_GATE } from '../loader-port.ts'
import { PAGE } from '../outline.ts'
import { pageDown, pageUp } from './layout.ts'
import type { Link } from './link.ts'

export interface Run {
  readonly start: number
  end: number
  readonly flags: number
}

/** Page runs of all inputs and stand-ins, by address. Where two segments of an input share a page, the later one decides, as in ld.so. */
export function pageRuns({ objects, standIns, plan: { layout } }: Link): Run[] {
  const runs: Run[] = []
  const add = (start: number, end: number, flags: number): void => {
    const before = runs.at(-1)
    if (before && before.end > start) before.end = start
    if (before && before.start === before.end) runs.pop()
    const last = runs.at(-1)
    if (last && last.end === start && last.flags === flags) last.end = end
    else if (end > start) runs.push({ start, end, flags })
  }
  for (const dso of [...objects].sort((a, b) => a.start - b.start))
    for (const { type, vaddr, memsz, flags } of dso.segments)
      if (type === Pt.load && memsz > 0) add(pageDown(dso.base + vaddr), pageUp(dso.base + vaddr + memsz), flags & (7 | PF_GATE))
  const { gatesEnd, storageEnd } = standIns.used
  add(layout.gates, pageUp(gatesEnd), Pf.r | Pf.x | PF_GATE)
  add(layout.storage, pageUp(storageEnd), Pf.r | Pf.w)
  return runs
}

/** What is read-only once the indirect functions are resolved: whole pages, as in ld.so. */
export function relroOf({ objects }: Link): Segment[] {
  const out: Segment[] = []
  for (const dso of objects)
    for (const { type, vaddr, memsz } of dso.segments) {
      const start = pageDown(dso.base + vaddr)
      const size = pageDown(dso.base + vaddr + memsz) - start
      if (type === Pt.gnuRelro && size > 0) out.push({ type, flags: Pf.r, offset: 0, vaddr: start, filesz: 0, memsz: size, align: 1 })
    }
  return out
}

/** Bytes of a run up to its last page that is not all zero. */
export function contentOf(u8: Uint8Array, { start, end }: Run): Uint8Array {
  const words = new Float64Array(u8.buffer, u8.byteOffset + start, (end - start) / 8)
  let count = words.length
  // A NaN or a negative zero differs from zero only by Object.is, which costs little at the end of a run.
  while (count > 0 && Object.is(words[count - 1], 0)) count--
  return u8.subarray(start, start + Math.ceil((count * 8) / PAGE) * PAGE)
}
