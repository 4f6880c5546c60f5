/** The dynamic linker: loads a program with all it needs, binds it, and serves dlopen and its kin while the program runs. */
import { Abilities } from './ability.ts'
import { type Closing, closureOf, dependenciesFirst, known, loadClosure, loadedAs } from './closure.ts'
import { Definitions } from './definitions.ts'
import { type Dso, mapDso, protectSegments } from './dso.ts'
import { Dt } from './dynamic-section.ts'
import { faultText } from './elf/fault.ts'
import { Et } from './elf/header.ts'
import { finiArrayOf, finiFunctionOf, initArrayOf, initFunctionOf, preinitialisersOf } from './initialisers.ts'
import type { Linking, LoaderFile, LoaderPort } from './loader-port.ts'
import { wanted } from './lookup.ts'
import { put64, R, type Relocating, relocate, type ThreadStorage } from './reloc/x86_64.ts'
import { Scope } from './scope.ts'
import { findFile, type SearchPaths } from './search.ts'
import { Tls, type TlsOptions } from './tcb.ts'
import { Descriptors } from './tls-descriptor.ts'

export interface LinkerOptions extends SearchPaths, TlsOptions {
  /** LD_BIND_NOW is set: no reference counts as lazy. */
  readonly bindNow?: boolean
  /** LD_PRELOAD, split: objects behind the program in the scope, before what it needs. */
  readonly preload?: readonly string[]
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
const DF_BIND_NOW = 8
const DF_1_NOW = 1
const DF_1_NODELETE = 8

export class Linker {
  readonly tls: Tls
  /** Every loaded object, in load order. */
  readonly linkMap: Dso[] = []
  readonly #port: LoaderPort
  readonly #options: LinkerOptions
  readonly #abilities: Abilities
  readonly #scope: Scope
  readonly #descriptors: Descriptors
  readonly #definitions: Definitions
  readonly #initialised: Dso[] = []
  readonly #kept = new Set<Dso>()
  readonly #counts = new Uint32Array(64)
  #errors: string[] = []

  constructor(port: LoaderPort, options: LinkerOptions, parent?: Linker) {
    this.#port = port
    this.#options = options
    this.#definitions = new Definitions(port)
    const fail = (message: string): void => void this.#errors.push(message)
    this.#abilities = new Abilities(port, fail)
    this.#scope = new Scope({ port, abilities: this.#abilities, missing: (symbol) => port.missing(symbol), fail })
    this.#descriptors = parent ? parent.#descriptors.fork(port) : new Descriptors(port)
    if (parent === undefined) {
      this.tls = new Tls(port, options)
      return
    }
    const copies = new Map(parent.linkMap.map((dso) => [dso, { ...dso }]))
    const copy = (dso: Dso): Dso => copies.get(dso) ?? dso
    for (const dso of copies.values()) {
      dso.dependencies = dso.dependencies.map(copy)
      dso.localScope = dso.localScope.map(copy)
    }
    this.tls = parent.tls.fork(port, (module) => copies.get(module as Dso) ?? module)
    this.linkMap.push(...copies.values())
    this.#scope.inherit(parent.#scope, copy)
    this.#initialised.push(...parent.#initialised.map(copy))
    for (const dso of parent.#kept) this.#kept.add(copy(dso))
    this.#counts.set(parent.#counts)
  }

  /** The linker of a forked child, whose memory is a copy of this one's. */
  fork(port: LoaderPort): Linker {
    return new Linker(port, this.#options, this)
  }

  /** Maps and binds a program; initialisers wait for `initialise`, because they need a thread and a stack. */
  *loadProgram(path: string): Linking<Linked<Program>> {
    const file = this.#port.open(path)
    if (!file) return { ok: false, errors: [`failed to locate '${path}'`] }
    this.#errors = []
    const added = loadClosure(this.#closing(), [file, ...this.#preloaded(path)])
    const main = added[0]
    if (this.#errors.length > 0 || !main) return this.#abandon(added)
    if (main.type === Et.exec) this.#abilities.served('non-PIE main program', path)
    this.#scope.global.push(...added)
    for (const dso of added) {
      this.#kept.add(dso)
      if (dso.tls && this.#abilities.served('static TLS', dso.path)) this.tls.makeStatic(dso)
    }
    this.#askOfInitialisers(added)
    yield* this.#bindAll(added, this.#bindNow(path))
    if (this.#errors.length > 0) return this.#abandon(added)
    return { ok: true, value: { main, entry: main.entry, linkMap: this.linkMap, tls: this.tls, relocationCounts: this.#counts } }
  }

  /** LD_PRELOAD; what cannot be found is left out, as ld.so does with a warning. */
  #preloaded(path: string): LoaderFile[] {
    const names = this.#options.preload ?? []
    if (names.length === 0 || !this.#abilities.served('LD_PRELOAD', path)) return []
    return names.flatMap((name) => findFile(this.#closing(), name, undefined) ?? [])
  }

  #bindNow(object: string): boolean {
    return (this.#options.bindNow ?? false) && this.#abilities.served('LD_BIND_NOW', object)
  }

  /** Asks for what the initialisers of `added` will need, so that a date that lacks it stops the load and not the program. */
  #askOfInitialisers(added: readonly Dso[]): void {
    const order = dependenciesFirst(added, ({ path }) => this.#abilities.served('dependency cycles', path))
    const started = (dso: Dso): boolean => added.includes(dso) && this.initialisersOf(dso).length > 0
    const loaded = added.filter(started)
    const moved = order.filter(started).findIndex((dso, i) => dso !== loaded[i])
    if (moved >= 0) this.#abilities.served('dependency-first init order', loaded[moved].path)
  }

  /** Runs the initialisers of what is not initialised yet, dependencies first; the program's DT_PREINIT_ARRAY before all. */
  *initialise(args: readonly number[]): Linking<void> {
    const [program] = this.linkMap
    const preinit = program && !this.#initialised.includes(program) ? preinitialisersOf(this.#port.memory, program) : []
    if (preinit.length > 0 && this.#abilities.served('DT_PREINIT_ARRAY', program.path)) for (const call of preinit) yield { call, args }
    for (const dso of dependenciesFirst(this.linkMap)) {
      if (this.#initialised.includes(dso)) continue
      this.#initialised.push(dso)
      const calls = this.initialisersOf(dso)
      if (calls.length > 0) this.#say(() => `init("${dso.path}") = ${calls.length} functions`)
      for (const call of calls) yield { call, args }
    }
  }

  /** Runs finalisers in reverse order of initialisation, the main program's included. */
  *finalise(): Linking<void> {
    for (const dso of this.#initialised.splice(0).reverse()) yield* this.#finaliseOne(dso)
  }

  initialisersOf(dso: Dso): readonly number[] {
    const init = dso.tags.has(Dt.init) && this.#abilities.served('DT_INIT / DT_FINI', dso.path) ? initFunctionOf(dso) : []
    const array = initArrayOf(this.#port.memory, dso)
    const library = dso !== this.linkMap[0]
    return [...init, ...(array.length > 0 && library && !this.#abilities.served('DT_INIT_ARRAY of libraries', dso.path) ? [] : array)]
  }

  *#finaliseOne(dso: Dso): Linking<void> {
    this.#say(() => `fini("${dso.path}")`)
    const array = finiArrayOf(this.#port.memory, dso)
    const library = dso !== this.linkMap[0]
    if (array.length === 0 || !library || this.#abilities.served('DT_FINI_ARRAY of libraries', dso.path))
      for (const call of array) yield { call, args: [] }
    if (dso.tags.has(Dt.fini) && this.#abilities.served('DT_INIT / DT_FINI', dso.path))
      for (const call of finiFunctionOf(dso)) yield { call, args: [] }
  }

  /** `name` empty gives the main program. The value is the object, whose `base`-independent identity is the handle. */
  *dlopen(name: string, flags: number, asking: Dso | undefined, args: readonly number[]): Linking<Linked<Dso>> {
    const opened = yield* this.#open(name, flags, asking, args)
    this.#say(() => `dlopen("${name}") = ${opened.ok ? `"${opened.value.path}"` : `failed: ${opened.errors[0]}`}`)
    return opened
  }

  *#open(name: string, flags: number, asking: Dso | undefined, args: readonly number[]): Linking<Linked<Dso>> {
    this.#errors = []
    const by = asking?.path ?? name
    const [program] = this.linkMap
    this.#abilities.served(name === '' ? 'dlopen(NULL)' : 'dlopen', by)
    if (flags & Rtld.global) this.#abilities.served('RTLD_GLOBAL, RTLD_LOCAL', by)
    if (flags & Rtld.noload) this.#abilities.served('RTLD_NOLOAD', by)
    const pinned = (flags & Rtld.nodelete) !== 0 && this.#abilities.served('RTLD_NODELETE, RTLD_DEEPBIND', by)
    if (this.#errors.length > 0) return { ok: false, errors: this.#errors }
    if (name === '' && program) return { ok: true, value: program }
    const closing = this.#closing()
    const loaded = known(closing, name)
    const file = loaded ? undefined : findFile(closing, name, asking)
    const again = loaded ?? (file && loadedAs(closing, file))
    if (!again && (flags & Rtld.noload || !file)) return { ok: false, errors: [`failed to locate '${name}'`] }
    const added = again || !file ? [] : loadClosure(closing, [file])
    const root = again ?? added[0]
    if (this.#errors.length > 0 || !root) return this.#abandon(added)
    const scope = closureOf(root)
    if (flags & Rtld.global) for (const dso of scope) if (!this.#scope.global.includes(dso)) this.#scope.global.push(dso)
    for (const dso of added) dso.localScope = scope
    this.#askOfInitialisers(added)
    yield* this.#bindAll(added, (flags & Rtld.now) !== 0 || this.#bindNow(by))
    if (this.#errors.length > 0) return this.#abandon(added)
    root.references++
    for (const dso of added) if ((dso.tags.get(Dt.flags1) ?? 0) & DF_1_NODELETE) this.#kept.add(dso)
    if (pinned) this.#kept.add(root)
    yield* this.initialise(args)
    return { ok: true, value: root }
  }

  /** Gives up one reference; what nothing refers to any more is finalised and unmapped. False for an object that is not open. */
  *dlclose(dso: Dso): Linking<boolean> {
    if (!this.#abilities.served('dlclose', dso.path)) return false
    if (dso === this.linkMap[0]) return true
    if (dso.references === 0) return this.#kept.has(dso)
    dso.references--
    const live = new Set<Dso>()
    for (const root of this.linkMap)
      if (root.references > 0 || this.#kept.has(root) || this.#scope.pinned.has(root)) for (const each of closureOf(root)) live.add(each)
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
    const found = yield* this.#look(name, within, version, thread)
    this.#say(() => `dlsym("${name}") = ${found === undefined ? 'not found' : `0x${found.toString(16)}`}`)
    return found
  }

  *#look(name: string, within: Dso | 'default' | { next: Dso }, version: string | undefined, thread: number): Linking<number | undefined> {
    this.#errors = []
    const next = typeof within === 'object' && 'next' in within
    if (!this.#abilities.served('dlsym', name)) return undefined
    if (version !== undefined && !this.#abilities.served('dlvsym / dlinfo', name)) return undefined
    if (within === 'default' && !this.#abilities.served('RTLD_DEFAULT', name)) return undefined
    if (next && !this.#abilities.served('RTLD_NEXT', name)) return undefined
    const scope =
      within === 'default' ? this.#scope.global : next ? this.linkMap.slice(this.linkMap.indexOf(within.next) + 1) : closureOf(within)
    const asked = wanted(name, version)
    const found = asked && this.#scope.search(scope, asked)
    if (!found?.dso) return undefined
    if (found.tls) return this.tls.address(thread, found.dso.tlsModule, found.value)
    return found.ifunc ? Number(BigInt.asUintN(32, yield { call: found.value, args: [] })) : found.value
  }

  /** Address of a data object or plain function as the whole program sees it; 0 if there is none. No demand of the guest. */
  addressOf(name: string): number {
    const asked = wanted(name)
    return (asked && this.#scope.find(this.#scope.global, asked)?.value) ?? 0
  }

  /** The object that holds an address. */
  objectAt(address: number): Dso | undefined {
    return this.linkMap.find((each) => address >= each.start && address < each.end)
  }

  /** The name of the function that begins at an address, if its object exports it. */
  functionName(address: number): string | undefined {
    const dso = this.objectAt(address)
    return dso && this.#definitions.functionName(dso, address)
  }

  /** The object and nearest symbol at or below an address, with the address of its table entry. */
  dladdr(address: number): { dso: Dso; symbol: string; value: number; entry: number } | undefined {
    const dso = this.objectAt(address)
    if (!dso || !this.#abilities.served('dladdr', dso.path)) return undefined
    let best = 0
    let symbol = 0
    this.#definitions.each(dso, (at, value) => {
      if (value > address || value <= best) return
      best = value
      symbol = at
    })
    return { dso, symbol: symbol === 0 ? '' : this.#definitions.nameOf(dso, symbol), value: best, entry: symbol }
  }

  #say(line: () => string): void {
    this.#port.trace?.(`ld.so ${line()}`)
  }
  #relocations(): number {
    return this.#counts.reduce((sum, each) => sum + each, 0)
  }

  #closing(): Closing<Dso> {
    return {
      port: this.#port,
      abilities: this.#abilities,
      paths: this.#options,
      loaded: this.linkMap,
      load: (file) => this.#map(file),
      fail: (message) => this.#errors.push(message),
    }
  }

  #map(file: LoaderFile): Dso | undefined {
    this.#port.working?.('map', file.path)
    const mapped = mapDso(this.#port, file)
    if (!mapped.ok) {
      this.#errors.push(faultText(mapped.error))
      return undefined
    }
    this.tls.addModule(mapped.value)
    this.#port.mapped?.(mapped.value)
    this.#say(() => `load("${file.path}") = 0x${mapped.value.start.toString(16)} to 0x${mapped.value.end.toString(16)}`)
    return mapped.value
  }

  *#bindAll(added: readonly Dso[], now: boolean): Linking<void> {
    const lazy = (dso: Dso): boolean => !now && !(bindsNow(dso) && this.#abilities.served('DF_BIND_NOW / DT_FLAGS_1', dso.path))
    const work: Relocating = {
      port: this.#port,
      abilities: this.#abilities,
      threads: this.#threads(added),
      bind: (dso, symbol, type) => {
        const call = type === R.jumpSlot
        return this.#scope.bind(dso, symbol, { copy: type === R.copy, call, lazy: call && lazy(dso) })
      },
      fail: (message) => this.#errors.push(message),
      pending: [],
      counts: this.#counts,
    }
    // Last loaded first: a copy relocation of the program must find its source relocated.
    for (const dso of [...added].reverse()) {
      this.#port.working?.('bind', dso.path)
      const before = this.#relocations()
      relocate(dso, work)
      this.#say(() => `bind("${dso.path}") = ${this.#relocations() - before} relocations`)
    }
    this.#port.working?.('start', added[0]?.path ?? '')
    // Resolvers are guest code: they need executable pages, while the slots that they fill may lie in RELRO.
    for (const dso of added) protectSegments(this.#port, dso, this.#abilities)
    if (this.#errors.length > 0) return
    for (const { at, resolver } of work.pending)
      put64(this.#port.memory.view, at, Number(BigInt.asUintN(32, yield { call: resolver, args: [] })))
  }

  #threads(added: readonly Dso[]): ThreadStorage {
    const late = this.tls.started
    return {
      offset: (dso) => {
        if (late && added.includes(dso)) this.#abilities.served('IE-model TLS in a dlopened object', dso.path)
        return this.tls.makeStatic(dso) ? dso.tlsOffset : undefined
      },
      module: (dso) => ({ number: dso.tlsModule, start: 0 }),
      descriptor: (dso, offset) => {
        if (dso.tlsOffset !== 0) return this.#descriptors.fixed(offset - dso.tlsOffset)
        const getAddress = this.addressOf('__tls_get_addr')
        return getAddress === 0 ? undefined : this.#descriptors.onUse(dso.tlsModule, offset, getAddress)
      },
    }
  }

  #abandon(added: readonly Dso[]): { ok: false; errors: readonly string[] } {
    this.#port.working?.('start', added[0]?.path ?? '')
    this.#unload(added)
    return { ok: false, errors: this.#errors }
  }

  #unload(gone: readonly Dso[]): void {
    for (const dso of gone) {
      if (this.linkMap.includes(dso)) this.linkMap.splice(this.linkMap.indexOf(dso), 1)
      this.#scope.forget(dso)
      this.tls.removeModule(dso)
      this.#kept.delete(dso)
      this.#say(() => `unload("${dso.path}")`)
      this.#port.release(dso.start, dso.end - dso.start)
    }
  }
}

/** DT_BIND_NOW, DF_BIND_NOW or DF_1_NOW. */
const bindsNow = ({ tags }: Dso): boolean =>
  tags.has(Dt.bindNow) || ((tags.get(Dt.flags) ?? 0) & DF_BIND_NOW) !== 0 || ((tags.get(Dt.flags1) ?? 0) & DF_1_NOW) !== 0
