/** Dynamic relocations of x86-64 (psABI table 4.9) over mapped memory. What calls guest code is left in `pending`. */
import { relocationAbility, served } from '../ability.ts'
import { type Dso, Dt } from '../dso.ts'
import type { LoaderPort } from '../loader-port.ts'

export const R = {
  abs64: 1,
  pc32: 2,
  copy: 5,
  globDat: 6,
  jumpSlot: 7,
  relative: 8,
  abs32: 10,
  abs32s: 11,
  dtpmod64: 16,
  dtpoff64: 17,
  tpoff64: 18,
  irelative: 37,
} as const

export interface Binding {
  readonly dso: Dso | undefined
  /** Symbol's address, or its offset in the TLS block. */
  readonly value: number
  readonly size: number
  readonly ifunc: boolean
}

export interface Pending {
  readonly at: number
  readonly resolver: number
}

export interface Relocating {
  readonly port: LoaderPort
  bind(dso: Dso, symbol: number, type: number): Binding
  makeStatic(dso: Dso): boolean
  fail(message: string): void
  readonly pending: Pending[]
  readonly counts: Uint32Array
}

export function relocate(dso: Dso, work: Relocating): void {
  const { view } = work.port.memory
  const { tags, base } = dso
  if (dso.tags.has(Dt.relr) && served(work.port, 'RELR (packed relative relocations)', dso.path, work.fail)) relocateRelr(dso, work)
  const asked = new Map<number, boolean>()
  /** Asked once for each type that the object has. */
  const able = (type: number): boolean => {
    const name = relocationAbility[type]
    const answer = asked.get(type) ?? (!name || served(work.port, name, dso.path, work.fail))
    asked.set(type, answer)
    return answer
  }
  let lastType = 0
  let lastAnswer = true
  const cache: (Binding | undefined)[] = []
  for (const [table, size] of [
    [Dt.rela, Dt.relasz],
    [Dt.jmprel, Dt.pltrelsz],
  ]) {
    const start = base + (tags.get(table) ?? 0)
    const end = start + (tags.has(table) ? (tags.get(size) ?? 0) : 0)
    for (let entry = start; entry + 24 <= end; entry += 24) {
      const at = base + view.getUint32(entry, true)
      const type = view.getUint32(entry + 8, true)
      const symbol = view.getUint32(entry + 12, true)
      const addend = view.getInt32(entry + 16, true)
      work.counts[Math.min(type, 63)]++
      if (at < dso.start || at + 8 > dso.end) {
        work.fail(`${dso.path}: relocation at ${at.toString(16)} outside the image`)
        return
      }
      if (type !== lastType) {
        lastType = type
        lastAnswer = able(type)
      }
      if (!lastAnswer) continue
      if (type === R.relative) {
        put64(view, at, base + view.getUint32(entry + 16, true))
        continue
      }
      if (type === R.irelative) {
        const resolver = base + addend
        if (resolver >= dso.start && resolver < dso.end) work.pending.push({ at, resolver })
        else work.fail(`${dso.path}: resolver at ${resolver.toString(16)} outside the image`)
        continue
      }
      if (type === 0) continue
      const bound =
        type === R.copy ? work.bind(dso, symbol, type) : symbol === 0 ? own(dso) : (cache[symbol] ??= work.bind(dso, symbol, type))
      apply(type, at, bound, addend, dso, work, view)
    }
  }
}

const own = (dso: Dso): Binding => ({ dso, value: 0, size: 0, ifunc: false })

function apply(type: number, at: number, bound: Binding, addend: number, dso: Dso, work: Relocating, view: DataView): void {
  if (type === R.globDat || type === R.jumpSlot || type === R.abs64) {
    // Symbol binding of GLOB_DAT and JUMP_SLOT has no addend (psABI: S alone).
    if (bound.ifunc) work.pending.push({ at, resolver: bound.value })
    else put64(view, at, type === R.abs64 ? bound.value + addend : bound.value)
  } else if (type === R.tpoff64) {
    if (bound.dso && !work.makeStatic(bound.dso)) work.fail(`${dso.path}: no static TLS space left for ${bound.dso.path}`)
    put64(view, at, bound.value + addend - (bound.dso?.tlsOffset ?? 0))
  } else if (type === R.dtpmod64) put64(view, at, bound.dso?.tlsModule ?? 0)
  else if (type === R.dtpoff64) put64(view, at, bound.value + addend)
  else if (type === R.copy) {
    const source = bound.dso
    if (at + bound.size > dso.end || (source && (bound.value < source.start || bound.value + bound.size > source.end)))
      work.fail(`${dso.path}: copy relocation of ${bound.size} bytes outside the image`)
    else if (source) work.port.memory.u8.copyWithin(at, bound.value, bound.value + bound.size)
  } else if (type === R.pc32 || type === R.abs32 || type === R.abs32s) {
    const value = bound.value + addend - (type === R.pc32 ? at : 0)
    const fits = type === R.abs32 ? value >= 0 && value < 2 ** 32 : value >= -(2 ** 31) && value < 2 ** 31
    if (fits) view.setUint32(at, value >>> 0, true)
    else work.fail(`${dso.path}: relocation type ${type} at ${at.toString(16)} overflows`)
  } else work.fail(`${dso.path}: relocation type ${type} is not supported`)
}

export function put64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value >>> 0, true)
  view.setInt32(at + 4, Math.floor(value / 0x1_0000_0000), true)
}

/** Packed relative relocations (gABI, "DT_RELR"): an address, then bitmaps of the 63 words behind it. */
function relocateRelr(dso: Dso, work: Relocating): void {
  const { view } = work.port.memory
  const start = dso.base + (dso.tags.get(Dt.relr) ?? 0)
  const end = start + (dso.tags.has(Dt.relr) ? (dso.tags.get(Dt.relrsz) ?? 0) : 0)
  let outside: number | undefined
  const add = (at: number): void => {
    if (at >= dso.start && at + 8 <= dso.end) put64(view, at, dso.base + view.getUint32(at, true))
    else outside ??= at
  }
  let where = 0
  for (let entry = start; entry + 8 <= end; entry += 8) {
    const low = view.getUint32(entry, true)
    if ((low & 1) === 0) {
      add(dso.base + low)
      where = dso.base + low + 8
      continue
    }
    const high = view.getUint32(entry + 4, true)
    for (let bit = 1; bit < 64; bit++) if (((bit < 32 ? low >>> bit : high >>> (bit - 32)) & 1) === 1) add(where + (bit - 1) * 8)
    where += 63 * 8
  }
  if (outside !== undefined) work.fail(`${dso.path}: packed relocation at ${outside.toString(16)} outside the image`)
}
