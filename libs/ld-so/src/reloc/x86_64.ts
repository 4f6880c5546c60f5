/** Dynamic relocations of x86-64 (psABI table 4.9) over mapped memory. What calls guest code is left in `pending`. */
import { type Abilities, relocationAbility } from '../ability.ts'
import type { Dso } from '../dso.ts'
import { Dt } from '../dynamic-section.ts'
import type { LoaderPort } from '../loader-port.ts'
import { type Binding, own } from '../scope.ts'

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
  tlsdesc: 36,
  irelative: 37,
} as const

/** A word that a resolver of the guest must fill. */
export interface Pending {
  readonly at: number
  readonly resolver: number
}

/** Where thread-local blocks lie, as relocations need it. */
export interface ThreadStorage {
  /** Distance of the object's block below every thread pointer; undefined if it can have none. */
  offset(dso: Dso): number | undefined
  /** What `__tls_get_addr` takes: the module, and where the object's block begins in it. */
  module(dso: Dso): { readonly number: number; readonly start: number }
  /** The two words of a TLS descriptor; undefined if there is no room for it. */
  descriptor(dso: Dso, offset: number): readonly [resolver: number, argument: number] | undefined
}

export interface Relocating {
  readonly port: Pick<LoaderPort, 'memory'>
  readonly abilities: Abilities
  readonly threads: ThreadStorage
  bind(dso: Dso, symbol: number, type: number): Binding
  fail(message: string): void
  readonly pending: Pending[]
  readonly counts: Uint32Array
}

const RELA = 24

export function relocate(dso: Dso, work: Relocating): void {
  const { tags, base } = dso
  if (tags.has(Dt.relr) && work.abilities.served('RELR (packed relative relocations)', dso.path)) relocateRelr(dso, work)
  const one = new ObjectRelocation(dso, work)
  for (const [table, size] of [
    [Dt.rela, Dt.relasz],
    [Dt.jmprel, Dt.pltrelsz],
  ]) {
    const start = base + (tags.get(table) ?? 0)
    const count = tags.has(table) ? Math.floor((tags.get(size) ?? 0) / RELA) : 0
    if (!one.table(start, start + count * RELA)) return
  }
  one.finish()
}

class ObjectRelocation {
  readonly #dso: Dso
  readonly #work: Relocating
  readonly #view: DataView
  /** The memory as words: nearly every place and every table entry is aligned. */
  readonly #words: Uint32Array
  readonly #bound: (Binding | undefined)[] = []
  /** Of jumps, which may mean another definition. */
  readonly #called: (Binding | undefined)[] = []
  readonly #modules: { at: number; start: number }[] = []
  readonly #offsets = new Set<number>()
  /** Types that ld.so of the date is known to have. */
  readonly #known = new Set<number>()

  constructor(dso: Dso, work: Relocating) {
    this.#dso = dso
    this.#work = work
    const { u8, view } = work.port.memory
    this.#view = view
    this.#words = new Uint32Array(u8.buffer, u8.byteOffset, Math.floor(u8.length / 4))
  }

  /** False if the table is damaged. */
  table(start: number, end: number): boolean {
    const view = this.#view
    for (let entry = start; entry < end; entry += RELA) {
      const type = view.getUint32(entry + 8, true)
      if (type === R.relative) {
        entry = this.#relatives(entry, end) - RELA
        continue
      }
      const at = this.#dso.base + view.getUint32(entry, true)
      this.#work.counts[Math.min(type, 63)]++
      if (!this.#inside(at, type === R.tlsdesc ? 16 : 8)) return false
      if (type !== 0 && this.#able(type)) this.#one(type, at, view.getUint32(entry + 12, true), view.getInt32(entry + 16, true))
    }
    return true
  }

  /**
   * A run of R_X86_64_RELATIVE from `entry` on, nine of ten relocations of a big object; gives the entry behind it.
   * A place outside the image ends the table.
   */
  #relatives(entry: number, end: number): number {
    const { base, start, end: last } = this.#dso
    const able = this.#able(R.relative)
    const words = this.#words
    const aligned = (entry & 7) === 0
    let at = 0
    let done = 0
    for (; entry < end; entry += RELA, done++) {
      let addend: number
      if (aligned) {
        const word = entry >>> 2
        if (words[word + 2] !== R.relative) break
        at = base + words[word]
        addend = base + words[word + 4] + (words[word + 5] | 0) * 0x1_0000_0000
      } else {
        if (this.#view.getUint32(entry + 8, true) !== R.relative) break
        at = base + this.#view.getUint32(entry, true)
        addend = base + this.#view.getUint32(entry + 16, true) + this.#view.getInt32(entry + 20, true) * 0x1_0000_0000
      }
      if (at < start || at + 8 > last) {
        this.#inside(at, 8)
        return end
      }
      if (!able) continue
      if ((at & 7) === 0 && addend >= 0 && addend < 0x1_0000_0000) {
        words[at >>> 2] = addend
        words[(at >>> 2) + 1] = 0
      } else put64(this.#view, at, addend)
    }
    this.#work.counts[R.relative] += done
    return entry
  }

  #inside(at: number, length: number): boolean {
    const { path, start, end } = this.#dso
    if (at >= start && at + length <= end) return true
    this.#work.fail(`${path}: relocation at ${at.toString(16)} outside the image`)
    return false
  }

  #able(type: number): boolean {
    if (this.#known.has(type)) return true
    const name = relocationAbility[type]
    const able = name === undefined || this.#work.abilities.served(name, this.#dso.path)
    if (able) this.#known.add(type)
    return able
  }

  #one(type: number, at: number, symbol: number, addend: number): void {
    const dso = this.#dso
    const work = this.#work
    if (type === R.irelative) {
      this.#resolver(at, dso.base + addend, dso)
      return
    }
    const known = type === R.jumpSlot ? this.#called : this.#bound
    const bound =
      type === R.copy ? work.bind(dso, symbol, type) : symbol === 0 ? own(dso) : (known[symbol] ??= work.bind(dso, symbol, type))
    switch (type) {
      case R.globDat:
      case R.jumpSlot:
      case R.abs64:
        // Symbol binding of GLOB_DAT and JUMP_SLOT has no addend (psABI: S alone).
        if (bound.ifunc && bound.dso && work.abilities.served('STT_GNU_IFUNC symbol resolution', dso.path))
          this.#resolver(at, bound.value, bound.dso)
        else put64(this.#view, at, type === R.abs64 ? bound.value + addend : bound.value)
        break
      case R.copy:
        this.#copy(at, bound)
        break
      case R.pc32:
      case R.abs32:
      case R.abs32s:
        this.#narrow(type, at, bound.value + addend - (type === R.pc32 ? at : 0))
        break
      case R.tpoff64:
        this.#threadOffset(at, bound, addend)
        break
      case R.tlsdesc:
        this.#descriptor(at, bound, addend)
        break
      case R.dtpmod64:
      case R.dtpoff64:
        this.#module(type, at, bound, addend)
        break
      default:
        work.fail(`${dso.path}: relocation type ${type} is not supported`)
    }
  }

  #resolver(at: number, resolver: number, of: Dso): void {
    if (resolver >= of.start && resolver < of.end) this.#work.pending.push({ at, resolver })
    else this.#work.fail(`${of.path}: resolver at ${resolver.toString(16)} outside the image`)
  }

  #copy(at: number, { dso: source, value, size }: Binding): void {
    const { path, end } = this.#dso
    if (at + size > end || (source && (value < source.start || value + size > source.end)))
      this.#work.fail(`${path}: copy relocation of ${size} bytes outside the image`)
    else if (source) this.#work.port.memory.u8.copyWithin(at, value, value + size)
  }

  #narrow(type: number, at: number, value: number): void {
    const fits = type === R.abs32 ? value >= 0 && value < 2 ** 32 : value >= -(2 ** 31) && value < 2 ** 31
    if (fits) this.#view.setUint32(at, value >>> 0, true)
    else this.#work.fail(`${this.#dso.path}: relocation type ${type} at ${at.toString(16)} overflows`)
  }

  /** A weak symbol that nothing defines has offset 0 (ELF TLS ABI leaves it open; this is what glibc does). */
  #threadOffset(at: number, { dso: of, value }: Binding, addend: number): void {
    const offset = of ? this.#work.threads.offset(of) : 0
    if (offset === undefined) this.#work.fail(`${this.#dso.path}: no static TLS space left for ${of?.path}`)
    else put64(this.#view, at, value + addend - offset)
  }

  #descriptor(at: number, { dso: of, value }: Binding, addend: number): void {
    const words = of ? this.#work.threads.descriptor(of, value + addend) : undefined
    if (words === undefined) this.#work.fail(`${this.#dso.path}: no TLS descriptor for ${of?.path ?? 'an undefined symbol'}`)
    else for (const [i, word] of words.entries()) put64(this.#view, at + i * 8, word)
  }

  #module(type: number, at: number, { dso: of, value }: Binding, addend: number): void {
    const { number, start } = of ? this.#work.threads.module(of) : { number: 0, start: 0 }
    if (type === R.dtpmod64) {
      put64(this.#view, at, number)
      this.#modules.push({ at, start })
    } else {
      put64(this.#view, at, value + addend + start)
      this.#offsets.add(at)
    }
  }

  /** The second word of a module-and-offset pair may stand in the file already (local symbols, local dynamic); it counts from its block. */
  finish(): void {
    for (const { at, start } of this.#modules)
      if (start !== 0 && !this.#offsets.has(at + 8) && at + 16 <= this.#dso.end)
        put64(this.#view, at + 8, start + this.#view.getUint32(at + 8, true))
  }
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
