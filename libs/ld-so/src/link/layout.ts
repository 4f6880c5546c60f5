/** Where everything lies in a static image: inputs as ld.so would put them, what the linker makes behind them. */
import { alignUp } from '../elf/byte-writer.ts'
import { Et } from '../elf/header.ts'
import { PAGE } from '../outline.ts'
import type { Input } from './input.ts'

/** Address space kept for stand-ins: 16 bytes a function, a page an object. Only what is used takes part in the image. */
const GATES = 1 << 20
const STORAGE = 16 << 20

export interface Layout {
  readonly gates: number
  readonly gatesEnd: number
  readonly storage: number
  readonly storageEnd: number
  /** Headers and the tables that the linker makes, read-only. */
  readonly tables: number
}

/** Sets every input's start: fixed executables where they say, the others one after another from `base` in load order. */
export function layout(inputs: readonly Input[], base: number): Layout {
  let next = base
  let end = base
  for (const input of inputs) {
    const { header, first, last, align } = input.outline
    const fixed = header.type === Et.exec
    input.start = fixed ? first : alignUp(next, align)
    if (!fixed) next = input.start + last - first
    end = Math.max(end, input.start + last - first)
  }
  const gates = alignUp(end, 1 << 16)
  const storage = gates + GATES
  return { gates, gatesEnd: storage, storage, storageEnd: storage + STORAGE, tables: storage + STORAGE }
}

export const pageDown = (address: number): number => Math.floor(address / PAGE) * PAGE
export const pageUp = (address: number): number => alignUp(address, PAGE)
