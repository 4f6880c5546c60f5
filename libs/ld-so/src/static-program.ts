/**
 * What start code does for a static image: maps it, lets indirect functions choose, gives threads their storage, runs
 * initialisers and finalisers. There is no dynamic linker behind it.
 */
import { Definitions } from './definitions.ts'
import { deferSegment } from './dso.ts'
import type { Section } from './elf/section.ts'
import { Sht } from './elf/section.ts'
import { Pf, PHDR_SIZE, Pt } from './elf/segment.ts'
import type { LinkedInput } from './link/manifest.ts'
import type { Linking, LoaderPort } from './loader-port.ts'
import { PF_GATE } from './loader-port.ts'
import { PAGE } from './outline.ts'
import { put64, R } from './reloc/x86_64.ts'
import { type StaticImageFile, symbolAddresses } from './static-image.ts'
import { Tls, type TlsModule, type TlsOptions } from './tcb.ts'

const RELA = 24
const pageDown = (address: number): number => Math.floor(address / PAGE) * PAGE
const pageUp = (address: number): number => Math.ceil(address / PAGE) * PAGE

export class StaticProgram {
  readonly image: StaticImageFile
  readonly tls: Tls
  readonly #port: LoaderPort
  readonly #module: TlsModule
  readonly #options: TlsOptions
  readonly #definitions: Definitions
  #symbols: ReadonlyMap<string, number> | undefined

  constructor(port: LoaderPort, image: StaticImageFile, options: TlsOptions, parent?: StaticProgram) {
    this.image = image
    this.#port = port
    this.#options = options
    this.#definitions = new Definitions(port)
    const tls = image.outline.segments.find(({ type, memsz }) => type === Pt.tls && memsz > 0)
    this.#module = parent ? { ...parent.#module } : { base: 0, tls, tlsModule: 0, tlsOffset: 0 }
    this.#symbols = parent ? parent.#symbols : undefined
    this.tls = parent ? parent.tls.fork(port, () => this.#module) : new Tls(port, options)
    if (parent) return
    this.tls.addModule(this.#module)
    this.tls.makeStatic(this.#module)
  }

  /** The same program in the child of a fork, whose memory is a copy. */
  fork(port: LoaderPort): StaticProgram {
    return new StaticProgram(port, this.image, this.#options, this)
  }

  /** Maps every segment at its own address; false if one is taken. RELRO waits for `bind`. */
  map(): boolean {
    const { file, outline, gates } = this.image
    const { u8 } = this.#port.memory
    for (const load of outline.loads) {
      const { vaddr, memsz, filesz, offset, flags } = load
      const start = pageDown(vaddr)
      const length = pageUp(vaddr + memsz) - start
      if (length === 0) continue
      if (this.#port.reserve(start, length, PAGE) === undefined) return false
      if (flags & Pf.w || !deferSegment(this.#port, file, load, 0)) file.read(offset, u8.subarray(vaddr, vaddr + filesz))
      this.#port.protect(start, length, flags & 7)
    }
    for (const [start, end] of gates)
      if (end > start) this.#port.protect(pageDown(start), pageUp(end) - pageDown(start), Pf.r | Pf.x | PF_GATE)
    return true
  }

  /** Fills the slots of indirect functions, then takes write permission from what need not change again. */
  *bind(): Linking<void> {
    const { view } = this.#port.memory
    for (const { type, flags, address, size } of this.image.sections) {
      if (type !== Sht.rela || flags === 0 || !this.#holds(address, size)) continue
      this.#port.settle?.(address, size)
      for (let at = address; at + RELA <= address + size; at += RELA)
        if (view.getUint32(at + 8, true) === R.irelative && this.#holds(view.getUint32(at, true), 8)) {
          const chosen = yield { call: view.getUint32(at + 16, true), args: [] }
          put64(view, view.getUint32(at, true), Number(BigInt.asUintN(32, chosen)))
        }
    }
    for (const { type, vaddr, memsz } of this.image.outline.segments) {
      const start = pageDown(vaddr)
      const length = pageDown(vaddr + memsz) - start
      if (type === Pt.gnuRelro && length > 0) this.#port.protect(start, length, Pf.r)
    }
  }

  *initialise(args: readonly number[]): Linking<void> {
    const first = this.#section('.init')
    for (const call of [...this.#array('.preinit_array'), ...(first ? [first.address] : []), ...this.#array('.init_array')])
      yield { call, args }
  }

  *finalise(): Linking<void> {
    const last = this.#section('.fini')
    for (const call of [...this.#array('.fini_array').reverse(), ...(last ? [last.address] : [])]) yield { call, args: [] }
  }

  /** Address of a named object or function; 0 if the image does not say. */
  addressOf(name: string): number {
    this.#symbols ??= symbolAddresses(this.image)
    return this.#symbols.get(name) ?? 0
  }

  /** The input that has its place at an address; undefined in an image that was not linked here. */
  inputAt(address: number): LinkedInput | undefined {
    return this.image.manifest?.inputs.find(({ start, end }) => address >= start && address < end)
  }

  /** The name of the function that begins at an address, if its input exports it. */
  functionName(address: number): string | undefined {
    const input = this.inputAt(address)
    return input && this.#definitions.functionName(input, address)
  }

  get entry(): number {
    return this.image.outline.header.entry
  }

  /** As AT_PHDR and dl_iterate_phdr tell it. */
  get headers(): { readonly address: number; readonly count: number } {
    const { header, loads } = this.image.outline
    const { phoff, phnum } = header
    const carrier = loads.find(({ offset, filesz }) => phoff >= offset && phoff + phnum * PHDR_SIZE <= offset + filesz)
    return { address: carrier ? carrier.vaddr + phoff - carrier.offset : 0, count: phnum }
  }

  #holds(address: number, size: number): boolean {
    return this.image.outline.loads.some(({ vaddr, memsz }) => address >= vaddr && address + size <= vaddr + memsz)
  }

  #section(name: string): Section | undefined {
    return this.image.sections.find((each) => each.name === name && each.size > 0 && this.#holds(each.address, each.size))
  }

  #array(name: string): number[] {
    const section = this.#section(name)
    if (section) this.#port.settle?.(section.address, section.size)
    const out: number[] = []
    for (let at = section?.address ?? 0, end = at + (section?.size ?? 0); at + 8 <= end; at += 8) {
      const call = this.#port.memory.view.getUint32(at, true)
      if (call !== 0 && call !== 0xffffffff) out.push(call)
    }
    return out
  }
}
