/** Symbol binding: the global scope in load order, then the asking object's own (gABI, "Shared Object Dependencies"). */
import type { Abilities } from './ability.ts'
import type { Dso } from './dso.ts'
import { Dt } from './dynamic-section.ts'
import { textAt } from './elf/section.ts'
import { SHN_ABS, SHN_UNDEF, Stb, Stt, SYM_SIZE } from './elf/symbol.ts'
import type { LoaderPort, MissingSymbol } from './loader-port.ts'
import { findSymbol, nameAt, versionNumber, type Wanted } from './lookup.ts'

export interface Binding {
  /** undefined for what nothing defines. */
  readonly dso: Dso | undefined
  /** Symbol's address, or its offset in the TLS block. */
  readonly value: number
  readonly size: number
  readonly ifunc: boolean
  readonly tls: boolean
}

const NOTHING: Binding = { dso: undefined, value: 0, size: 0, ifunc: false, tls: false }
export const own = (dso: Dso): Binding => ({ ...NOTHING, dso })

export interface Reference {
  /** A copy relocation looks past its own object. */
  readonly copy: boolean
  /** A jump through the PLT. */
  readonly call: boolean
  /** A lazy linker would look only at the first call. */
  readonly lazy: boolean
}

export interface ScopeOptions {
  readonly port: Pick<LoaderPort, 'memory' | 'withheld'>
  readonly abilities: Abilities
  missing(symbol: MissingSymbol): number | 'null' | 'fail'
  fail(message: string): void
}

export class Scope {
  /** The program and what it needs, then what was opened with RTLD_GLOBAL. */
  readonly global: Dso[] = []
  /** Objects that must stay, because a unique symbol of theirs is in use. */
  readonly pinned = new Set<Dso>()
  readonly #unique = new Map<string, Binding>()
  readonly #options: ScopeOptions
  readonly #ordered: boolean

  constructor(options: ScopeOptions) {
    this.#options = options
    this.#ordered = options.abilities.has('lookup in load order')
  }

  /** Takes over a parent's bindings; `copy` maps its objects to this one's. */
  inherit(parent: Scope, copy: (dso: Dso) => Dso): void {
    this.global.push(...parent.global.map(copy))
    for (const dso of parent.pinned) this.pinned.add(copy(dso))
    for (const [name, bound] of parent.#unique) this.#unique.set(name, { ...bound, dso: bound.dso && copy(bound.dso) })
  }

  forget(dso: Dso): void {
    if (this.global.includes(dso)) this.global.splice(this.global.indexOf(dso), 1)
    this.pinned.delete(dso)
    for (const [name, bound] of this.#unique) if (bound.dso === dso) this.#unique.delete(name)
  }

  /** What symbol number `symbol` of `dso` means to a reference. */
  bind(dso: Dso, symbol: number, { copy, call, lazy }: Reference): Binding {
    const { port, abilities, fail } = this.#options
    const { view, u8 } = port.memory
    const at = dso.symtab + symbol * 24
    if (at + 24 > dso.end) {
      fail(`${dso.path}: symbol ${symbol} outside the image`)
      return NOTHING
    }
    const info = u8[at + 4]
    const local = info >> 4 === Stb.local || (u8[at + 5] & 3) !== 0
    if (local && view.getUint16(at + 6, true) !== SHN_UNDEF) return this.#defined(dso, at)
    const text = dso.strtab + view.getUint32(at, true)
    const name = nameAt(u8, text, dso.strtabEnd)
    if (!name) {
      fail(`${dso.path}: the name of symbol ${symbol} does not end inside the string table`)
      return NOTHING
    }
    const asked = dso.versions.get((versionNumber(view, dso, symbol) ?? 0) & 0x7fff)
    const wanted: Wanted = { name, version: asked !== undefined && abilities.served('symbol versions', dso.path) ? asked : undefined, call }
    const globals = copy ? this.global.filter((each) => each !== dso) : this.global
    const inner = !copy && isSymbolic(dso) && abilities.served('DT_SYMBOLIC', dso.path) ? this.search([dso], wanted) : undefined
    const found = inner ?? this.search(globals, wanted) ?? this.#searchLocal(dso, wanted)
    // With a value, the symbol is defined here or its address is in the program's own linkage table (psABI, "Function Addresses"), so it is not null.
    const weak = info >> 4 === Stb.weak && view.getUint32(at + 8, true) === 0
    const withheld = weak && found?.dso && port.withheld?.(textAt(u8, text, dso.strtabEnd), found.dso.path)
    if (found && !withheld) return found
    const type = info & 15
    const kind = type === Stt.func ? 'function' : type === Stt.object ? 'object' : type === Stt.tls ? 'tls' : 'unknown'
    const plain = textAt(u8, text, dso.strtabEnd)
    const answer = this.#options.missing({ name: plain, version: asked, requester: dso.path, weak, kind, lazy })
    if (answer === 'fail') fail(`${dso.path}: undefined symbol '${plain}'${asked ? ` (${asked})` : ''}`)
    return typeof answer === 'number' ? { ...NOTHING, value: answer } : NOTHING
  }

  #searchLocal(dso: Dso, wanted: Wanted): Binding | undefined {
    const found = dso.localScope.length > 0 ? this.search(dso.localScope, wanted) : undefined
    return found && this.#options.abilities.served('local scope', dso.path) ? found : undefined
  }

  /** The first definition in `scope`; what finding it takes of ld.so is asked for. */
  search(scope: readonly Dso[], wanted: Wanted): Binding | undefined {
    const { port, abilities } = this.#options
    for (let place = 0; place < scope.length; place++) {
      const dso = scope[place]
      const index = findSymbol(port, dso, wanted)
      if (index === 0) continue
      const at = dso.symtab + index * SYM_SIZE
      const found = this.#defined(dso, at)
      const binding = port.memory.u8[at + 4] >> 4
      if (binding === Stb.weak) abilities.served('weak definitions', dso.path)
      if (!this.#ordered && scope.slice(place + 1).some((later) => findSymbol(port, later, wanted) !== 0))
        abilities.served('lookup in load order', dso.path)
      return binding === Stb.gnuUnique && abilities.served('STB_GNU_UNIQUE', dso.path) ? this.#one(wanted, found) : found
    }
    return undefined
  }

  /** The first definition in `scope` for one who is no part of the program: nothing is asked for. */
  find(scope: readonly Dso[], wanted: Wanted): Binding | undefined {
    for (const dso of scope) {
      const index = findSymbol(this.#options.port, dso, wanted)
      if (index !== 0) return this.#defined(dso, dso.symtab + index * SYM_SIZE)
    }
    return undefined
  }

  /** One definition for the whole program, whichever scope asked first; its object stays loaded. */
  #one({ name }: Wanted, found: Binding): Binding {
    const text = textAt(name.bytes, name.at)
    const first = this.#unique.get(text) ?? found
    if (first.dso) this.pinned.add(first.dso)
    this.#unique.set(text, first)
    return first
  }

  #defined(dso: Dso, at: number): Binding {
    const { view, u8 } = this.#options.port.memory
    const type = u8[at + 4] & 15
    const absolute = type === Stt.tls || view.getUint16(at + 6, true) === SHN_ABS
    return {
      dso,
      value: view.getUint32(at + 8, true) + (absolute ? 0 : dso.base),
      size: view.getUint32(at + 16, true),
      ifunc: type === Stt.gnuIfunc,
      tls: type === Stt.tls,
    }
  }
}

const DF_SYMBOLIC = 2
const isSymbolic = ({ tags }: Dso): boolean => tags.has(Dt.symbolic) || ((tags.get(Dt.flags) ?? 0) & DF_SYMBOLIC) !== 0
