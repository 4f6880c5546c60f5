/** The dynamic linker: loads a program with all it needs, binds it, and serves dlopen and its kin while the program runs. */
import { served } from './ability.ts'
import { type Dso, Dt, mapDso, protectSegments } from './dso.ts'
import { faultText } from './elf/fault.ts'
import { textAt } from './elf/section.ts'
import { Stb, Stt } from './elf/symbol.ts'
import type { Linking, LoaderFile, LoaderPort } from './loader-port.ts'
import { findSymbol, type Name, nameAt, versionNumber } from './lookup.ts'
import { type Binding, put64, R, type Relocating, relocate } from './reloc/x86_64.ts'
import { findFile, type SearchPaths } from './search.ts'
import { Tls, type TlsOptions } from './tcb.ts'

export interface LinkerOptions extends SearchPaths, TlsOptions {
  /** Files that satisfy needed names before any search, such as a made libc.so under all names of the C library. */
  readonly providers: ReadonlyMap<string, LoaderFile>
  /** LD_BIND_NOW is set: no reference counts as lazy. */
  readonly bindNow?: boolean
}

export interface Program {
  readonly main: Dso
  readonly entry: number
  readonly linkMap: readonly Dso[]
  readonly tls: Tls
  /** Relocations applied so far by type (types above 62 share the last). */
  readonly relocationCounts: Uint32Array
}

export type Linked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errors: readonly string[] }

export const Rtld = { lazy: 1, now: 2, noload: 4, global: 0x100, nodelete: 0x1000 } as const
const DF_1_NODELETE = 8

/** DT_BIND_NOW, DF_BIND_NOW or DF_1_NOW. */
const bindsNow = ({ tags }: Dso): boolean =>
  tags.has(Dt.bindNow) || ((tags.get(Dt.flags) ?? 0) & 8) !== 0 || ((tags.get(Dt.flags1) ?? 0) & 1) !== 0

export class Linker {
  readonly tls: Tls
  /** Every loaded object, in load order. */
  readonly linkMap: Dso[] = []
  readonly #port: LoaderPort
  readonly #options: LinkerOptions
  readonly #global: Dso[] = []
  readonly #initialised: Dso[] = []
  readonly #kept = new Set<Dso>()
  readonly #unique = new Map<string, Binding>()
  readonly #counts = new Uint32Array(64)
  #errors: string[] = []

  constructor(port: LoaderPort, options: LinkerOptions) {
    this.#port = port
    this.#options = options
    this.tls = new Tls(port, options)
  }

  /** The same objects over a copy of the memory: what the child of a fork goes on with. */
  fork(port: LoaderPort): Linker {
    const child = new Linker(port, this.#options)
    const twins = new Map(this.linkMap.map((dso) => [dso, { ...dso }]))
    const twin = (dso: Dso): Dso => twins.get(dso) ?? dso
    const all = (list: Iterable<Dso>): Dso[] => [...list].map(twin)
    for (const dso of twins.values()) {
      dso.dependencies = all(dso.dependencies)
      dso.localScope = all(dso.localScope)
    }
    child.linkMap.push(...twins.values())
    child.#global.push(...all(this.#global))
    child.#initialised.push(...all(this.#initialised))
    for (const dso of this.#kept) child.#kept.add(twin(dso))
    for (const [name, bound] of this.#unique) child.#unique.set(name, { ...bound, dso: bound.dso && twin(bound.dso) })
    child.tls.copy(this.tls, twin)
    return child
  }

  /** Maps and binds a program; initialisers wait for `initialise`, because they need a thread and a stack. */
  *loadProgram(path: string): Linking<Linked<Program>> {
    const file = this.#port.open(path)
    if (!file) return { ok: false, errors: [`failed to locate '${path}'`] }
    this.#errors = []
    const added = this.#loadClosure(file)
    const main = added[0]
    if (this.#errors.length > 0 || !main) return this.#abandon(added)
    this.#global.push(...added)
    for (const dso of added) {
      this.#kept.add(dso)
      this.tls.makeStatic(dso)
    }
    yield* this.#bindAll(added, this.#options.bindNow ?? false)
    if (this.#errors.length > 0) return this.#abandon(added)
    return { ok: true, value: { main, entry: main.entry, linkMap: this.linkMap, tls: this.tls, relocationCounts: this.#counts } }
  }

  /**
   * Runs the initialisers of what is not initialised yet, dependencies first. The main program's own are left to its start code
   * (`initialisersOf`), all but its DT_PREINIT_ARRAY.
   */
  *initialise(main: Dso | undefined, args: readonly number[]): Linking<void> {
    if (main && !this.#initialised.includes(main))
      for (const call of this.#array(main, Dt.preinitArray, Dt.preinitArraysz)) yield { call, args }
    for (const dso of this.#dependenciesFirst(this.linkMap)) {
      if (this.#initialised.includes(dso)) continue
      this.#initialised.push(dso)
      if (dso !== main) for (const call of this.initialisersOf(dso)) yield { call, args }
    }
  }

  /** Runs finalisers in reverse order of initialisation, the main program's included. */
  *finalise(): Linking<void> {
    for (const dso of this.#initialised.splice(0).reverse()) yield* this.#finaliseOne(dso)
  }

  initialisersOf(dso: Dso): readonly number[] {
    const init = dso.tags.get(Dt.init)
    return [...(init ? [dso.base + init] : []), ...this.#array(dso, Dt.initArray, Dt.initArraysz)]
  }

  *#finaliseOne(dso: Dso): Linking<void> {
    for (const call of [...this.#array(dso, Dt.finiArray, Dt.finiArraysz)].reverse()) yield { call, args: [] }
    const fini = dso.tags.get(Dt.fini)
    if (fini) yield { call: dso.base + fini, args: [] }
  }

  /** `name` empty gives the main program. The value is the object, whose `base`-independent identity is the handle. */
  *dlopen(name: string, flags: number, asking: Dso | undefined, args: readonly number[]): Linking<Linked<Dso>> {
    this.#errors = []
    if (!served(this.#port, name === '' ? 'dlopen(NULL)' : 'dlopen', asking?.path ?? name, (message) => this.#errors.push(message)))
      return { ok: false, errors: this.#errors }
    if (name === '' && this.linkMap[0]) return { ok: true, value: this.linkMap[0] }
    const loaded = this.#known(name)
    const file = loaded ? undefined : this.#find(name, asking)
    const again = loaded ?? this.linkMap.find((dso) => file && dso.digest === file.digest && dso.path === file.path)
    if (!again && (flags & Rtld.noload || !file)) return { ok: false, errors: [`failed to locate '${name}'`] }
    const added = again || !file ? [] : this.#loadClosure(file)
    const root = again ?? added[0]
    if (this.#errors.length > 0 || !root) return this.#abandon(added)
    const scope = this.#closure(root)
    if (flags & Rtld.global) for (const dso of scope) if (!this.#global.includes(dso)) this.#global.push(dso)
    for (const dso of added) dso.localScope = scope
    yield* this.#bindAll(added, (flags & Rtld.now) !== 0 || (this.#options.bindNow ?? false))
    if (this.#errors.length > 0) return this.#abandon(added)
    root.references++
    for (const dso of added) if ((dso.tags.get(Dt.flags1) ?? 0) & DF_1_NODELETE) this.#kept.add(dso)
    if (flags & Rtld.nodelete) this.#kept.add(root)
    yield* this.initialise(undefined, args)
    return { ok: true, value: root }
  }

  /** Gives up one reference; what nothing refers to any more is finalised and unmapped. False for an object that is not open. */
  *dlclose(dso: Dso): Linking<boolean> {
    if (dso === this.linkMap[0]) return true
    if (dso.references === 0) return this.#kept.has(dso)
    dso.references--
    const live = new Set<Dso>()
    for (const root of this.linkMap) if (root.references > 0 || this.#kept.has(root)) for (const each of this.#closure(root)) live.add(each)
    const dead = this.#initialised.filter((each) => !live.has(each)).reverse()
    for (const each of dead) {
      this.#initialised.splice(this.#initialised.indexOf(each), 1)
      yield* this.#finaliseOne(each)
    }
    this.#unload(dead)
    return true
  }

  /** `within`: an object (it and its closure), 'default' (global scope), or what comes after `next` in load order. */
  *dlsym(name: string, within: Dso | 'default' | { next: Dso }, version?: string, thread = 0): Linking<number | undefined> {
    const wanted = nameAt(new TextEncoder().encode(`${name}\0`), 0)
    if (!wanted || !this.#port.ability('dlsym', name)) return undefined
    let scope: readonly Dso[] = this.#global
    if (typeof within === 'object')
      scope = 'next' in within ? this.linkMap.slice(this.linkMap.indexOf(within.next) + 1) : this.#closure(within)
    const found = this.#search(scope, wanted, version)
    if (!found?.dso) return undefined
    if (found.tls) return this.tls.address(thread, found.dso.tlsModule, found.value)
    return found.ifunc ? Number(BigInt.asUintN(32, yield { call: found.value, args: [] })) : found.value
  }

  /** The object and nearest symbol at or below an address. */
  dladdr(address: number): { dso: Dso; symbol: string; value: number } | undefined {
    const dso = this.linkMap.find((each) => address >= each.start && address < each.end)
    if (!dso || !this.#port.ability('dladdr', dso.path)) return undefined
    const { view, u8 } = this.#port.memory
    const { symtab, strtab } = dso
    let best = { symbol: '', value: 0 }
    // The string table follows the symbol table in every file that ld, lld or this lib makes; its start bounds the walk.
    for (let at = symtab + 24; at + 24 <= Math.min(strtab, dso.end); at += 24) {
      const value = dso.base + view.getUint32(at + 8, true)
      const type = u8[at + 4] & 15
      if (view.getUint16(at + 6, true) === 0 || type === Stt.tls || value > address || value <= best.value) continue
      best = { symbol: textAt(u8, strtab + view.getUint32(at, true), dso.strtabEnd), value }
    }
    return { dso, ...best }
  }

  #known(name: string): Dso | undefined {
    const provider = this.#options.providers.get(name)
    return this.linkMap.find((dso) => dso.soname === name || dso.path === name || (provider && dso.digest === provider.digest))
  }

  #find(name: string, asking: Dso | undefined): LoaderFile | undefined {
    return this.#options.providers.get(name) ?? findFile(this.#port, name, asking, this.#options)
  }

  /** Breadth first, so that the scope's order is the one of System V. */
  #loadClosure(file: LoaderFile): Dso[] {
    const added: Dso[] = []
    const load = (from: LoaderFile): Dso | undefined => {
      const mapped = mapDso(this.#port, from)
      if (!mapped.ok) {
        this.#errors.push(faultText(mapped.error))
        return undefined
      }
      added.push(mapped.value)
      this.linkMap.push(mapped.value)
      this.tls.addModule(mapped.value)
      this.#port.trace?.(`load ${from.path} at ${mapped.value.start.toString(16)}`)
      return mapped.value
    }
    load(file)
    for (let i = 0; i < added.length; i++) {
      for (const name of added[i].needed) {
        const found = this.#known(name) ? undefined : this.#find(name, added[i])
        const dependency = this.#known(name) ?? this.linkMap.find((dso) => found && dso.path === found.path) ?? (found && load(found))
        if (dependency) added[i].dependencies.push(dependency)
        else if (!found) this.#errors.push(`${added[i].path}: failed to locate '${name}'`)
      }
    }
    return added
  }

  #closure(root: Dso): Dso[] {
    const out = [root]
    const seen = new Set(out)
    for (let i = 0; i < out.length; i++) for (const next of out[i].dependencies) if (!seen.has(next)) out.push(next) && seen.add(next)
    return out
  }

  #dependenciesFirst(roots: readonly Dso[]): Dso[] {
    const out: Dso[] = []
    const seen = new Set<Dso>()
    const visit = (dso: Dso): void => {
      if (seen.has(dso)) return
      seen.add(dso)
      dso.dependencies.forEach(visit)
      out.push(dso)
    }
    roots.forEach(visit)
    return out
  }

  *#bindAll(added: readonly Dso[], now: boolean): Linking<void> {
    const work: Relocating = {
      port: this.#port,
      bind: (dso, symbol, type) => this.#bind(dso, symbol, type === R.copy, type === R.jumpSlot && !now && !bindsNow(dso)),
      makeStatic: (dso) => this.tls.makeStatic(dso),
      fail: (message) => this.#errors.push(message),
      pending: [],
      counts: this.#counts,
    }
    // Last loaded first: a copy relocation of the program must find its source relocated.
    for (const dso of [...added].reverse()) relocate(dso, work)
    // Resolvers are guest code: they need executable pages, while the slots that they fill may lie in RELRO.
    for (const dso of added) protectSegments(this.#port, dso)
    if (this.#errors.length > 0) return
    for (const { at, resolver } of work.pending)
      put64(this.#port.memory.view, at, Number(BigInt.asUintN(32, yield { call: resolver, args: [] })))
  }

  #bind(dso: Dso, symbol: number, copy: boolean, lazy: boolean): Binding {
    const { view, u8 } = this.#port.memory
    const nothing: Binding = { dso: undefined, value: 0, size: 0, ifunc: false }
    const at = dso.symtab + symbol * 24
    if (at + 24 > dso.end) {
      this.#errors.push(`${dso.path}: symbol ${symbol} outside the image`)
      return nothing
    }
    const info = u8[at + 4]
    const local = info >> 4 === Stb.local || (u8[at + 5] & 3) !== 0
    if (local && view.getUint16(at + 6, true) !== 0) return this.#defined(dso, at)
    const text = dso.strtab + view.getUint32(at, true)
    const name = nameAt(u8, text, dso.strtabEnd)
    if (!name) {
      this.#errors.push(`${dso.path}: the name of symbol ${symbol} does not end inside the string table`)
      return nothing
    }
    const version = dso.versions.get((versionNumber(view, dso, symbol) ?? 0) & 0x7fff)
    const symbolic = dso.tags.has(Dt.symbolic) || ((dso.tags.get(Dt.flags) ?? 0) & 2) !== 0
    const globals = copy ? this.#global.filter((each) => each !== dso) : this.#global
    const found =
      (symbolic && !copy && this.#search([dso], name, version)) ||
      this.#search(globals, name, version) ||
      this.#search(dso.localScope, name, version)
    if (found) return found
    const weak = info >> 4 === Stb.weak
    const type = info & 15
    const kind = type === Stt.func ? 'function' : type === Stt.object ? 'object' : type === Stt.tls ? 'tls' : 'unknown'
    const plain = textAt(u8, text, dso.strtabEnd)
    const answer = this.#port.missing({ name: plain, version, requester: dso.path, weak, kind, lazy })
    if (answer === 'fail') this.#errors.push(`${dso.path}: undefined symbol '${plain}'${version ? ` (${version})` : ''}`)
    return { ...nothing, value: typeof answer === 'number' ? answer : 0 }
  }

  #search(scope: readonly Dso[], name: Name, version: string | undefined): (Binding & { tls: boolean }) | undefined {
    for (const dso of scope) {
      const index = findSymbol(this.#port, dso, name, version)
      if (index === 0) continue
      const at = dso.symtab + index * 24
      const info = this.#port.memory.u8[at + 4]
      const found = { ...this.#defined(dso, at), tls: (info & 15) === Stt.tls }
      if (info >> 4 !== Stb.gnuUnique) return found
      // One definition for the whole program, whichever scope asked first; its object stays loaded.
      const text = textAt(name.bytes, name.at)
      const first = this.#unique.get(text)
      this.#kept.add(first?.dso ?? dso)
      if (!first) this.#unique.set(text, found)
      return first ? { ...first, tls: found.tls } : found
    }
    return undefined
  }

  #defined(dso: Dso, at: number): Binding {
    const { view, u8 } = this.#port.memory
    const type = u8[at + 4] & 15
    const absolute = type === Stt.tls || view.getUint16(at + 6, true) === 0xfff1
    return {
      dso,
      value: view.getUint32(at + 8, true) + (absolute ? 0 : dso.base),
      size: view.getUint32(at + 16, true),
      ifunc: type === Stt.gnuIfunc,
    }
  }

  #array(dso: Dso, tag: number, sizeTag: number): readonly number[] {
    const at = dso.tags.get(tag)
    if (at === undefined) return []
    const out: number[] = []
    for (let i = 0; i + 8 <= (dso.tags.get(sizeTag) ?? 0); i += 8) {
      const call = this.#port.memory.view.getUint32(dso.base + at + i, true)
      if (call !== 0 && call !== 0xffffffff) out.push(call)
    }
    return out
  }

  #abandon(added: readonly Dso[]): { ok: false; errors: readonly string[] } {
    this.#unload(added)
    return { ok: false, errors: this.#errors }
  }

  #unload(gone: readonly Dso[]): void {
    for (const dso of gone) {
      for (const list of [this.linkMap, this.#global]) if (list.includes(dso)) list.splice(list.indexOf(dso), 1)
      for (const [name, bound] of this.#unique) if (bound.dso === dso) this.#unique.delete(name)
      this.tls.removeModule(dso)
      this.#kept.delete(dso)
      this.#port.release(dso.start, dso.end - dso.start)
    }
  }
}
