/** Loads a program into a fresh address space: what kind it is, its image, its stack, its personality. */

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LinkMapEntry, NodeRequest } from '@bootgraph/build-graph'
import { type Cpu, Gpr } from '@bootgraph/cpu'
import {
  type CallTrace,
  type Co,
  type Context,
  E,
  errorName,
  type Kernel,
  type KernelCalls,
  type Loaded,
  O,
  tracedCalls,
} from '@bootgraph/kernel'
import { type LoaderFile, readStaticImage, type StaticImageFile } from '@bootgraph/ld-so'
import { faultText, type Parsed, Pt, readHeader, readSegments } from '@bootgraph/ld-so/elf'
import type { Libc } from '@bootgraph/relibc'
import type { GapRecord } from '../gap-record.ts'
import { KeptFiles } from '../host/kept-files.ts'
import type { RunClock } from '../run-clock.ts'
import { Demand } from './demand.ts'
import { type LoadResult, loadDynamic } from './dynamic.ts'
import { foreignLibc } from './foreign-libc.ts'
import { inMemory, madeLibc, registry } from './libc-file.ts'
import { LARGEST } from './loader-port.ts'
import { mapImage } from './map-image.ts'
import { MissingGates } from './missing-gates.ts'
import { Offer } from './offer.ts'
import { abiOf } from './program-abi.ts'
import { SCRIPT_DEPTH, scriptOf } from './script.ts'
import { initialStack } from './stack.ts'
import { linkProgram, loadStatic } from './static.ts'
import type { ImageStore } from './static-link.ts'

/** Static images and made libraries together, bytes. */
const IMAGES = 4 * 2 ** 30
const LIBRARIES = 64 * 2 ** 20

const SIGKILL = 9

/** Why the run cannot go on. */
export type Refusal = 'not-executable' | 'memory' | 'gap'

export interface LoaderOptions {
  readonly kernel: Kernel
  readonly request: NodeRequest
  /** Digest of the node image: what links is part of what decides a link. */
  readonly image: string
  readonly gaps: GapRecord
  readonly clock: RunClock
  /** A trace line of ld.so. */
  readonly emit: (line: string) => void
  /** Calls of the hosted library, and calls of the kernel that it makes, where they are traced. */
  readonly trace: CallTrace | undefined
  /** The first program cannot be run, or strict mode ends the run: the report says why. */
  readonly refuse: (reason: Refusal, message: string) => void
}

const REFUSALS: ReadonlyMap<number, string> = new Map([
  [-E.ACCES, 'is no file that may be executed'],
  [-E.NOENT, 'is not there'],
  [-E.NOMEM, 'no memory for its segments'],
  [-E.NOEXEC, 'is no program for this machine'],
  [-E.LOOP, 'its interpreters are scripts of one another, or too many links lead to it'],
])

export class Loader {
  readonly linkMap: LinkMapEntry[] = []
  readonly #options: LoaderOptions
  /** The hosted library over each engine in use, and the calls of those that were over others, by name. */
  readonly #libcs = new Map<Cpu, Libc>()
  readonly #counted = new Map<string, number>()

  readonly #images: ImageStore
  readonly #libraries: KeptFiles | undefined
  /** What decides how programs are linked, besides what they are. */
  readonly #decides: readonly string[]
  readonly #surfaceDocument: string | undefined
  readonly #calls: KernelCalls
  /** The same for all programs of the run. */
  #offer: Offer | undefined
  #libc: LoaderFile | undefined

  constructor(options: LoaderOptions) {
    this.#options = options
    const { kernel, request, trace } = options
    const { cache, surfaceFile } = request
    this.#surfaceDocument = surfaceFile === undefined ? undefined : readFileSync(surfaceFile, 'utf8')
    this.#calls = trace && request.trace.includes('syscall') ? tracedCalls(kernel.calls, trace) : kernel.calls
    this.#decides = [options.image, request.surface, this.#surfaceDocument ?? '', request.mode]
    this.#libraries = cache === undefined ? undefined : new KeptFiles(join(cache, 'libraries'), LIBRARIES)
    this.#images = { kept: cache === undefined ? undefined : new KeptFiles(join(cache, 'static-images'), IMAGES), images: new Map() }
  }

  *load(cx: Context, path: string, argv: readonly Uint8Array[], envp: readonly Uint8Array[]): Co<Loaded | number> {
    const loaded = yield* this.#load(cx, path, argv, envp, 0)
    if (typeof loaded === 'number')
      this.#refuse('not-executable', `${path}: ${REFUSALS.get(loaded) ?? `cannot be run (${errorName(-loaded)})`}`)
    return loaded
  }

  *#load(cx: Context, path: string, argv: readonly Uint8Array[], envp: readonly Uint8Array[], depth: number): Co<Loaded | number> {
    const bytes = yield* this.#read(cx, path)
    if (typeof bytes === 'number') return bytes
    const script = scriptOf(path, bytes)
    if (script && depth === SCRIPT_DEPTH) return -E.LOOP
    if (script) {
      const { interpreter } = script
      const run = yield* this.#load(cx, interpreter, [...script.argv, ...argv.slice(1)], envp, depth + 1)
      if (run === -E.NOENT) this.#refuse('not-executable', `${path}: its interpreter ${interpreter} is not in the node`)
      return run
    }
    // A file behind a link of proc has its own name for ld.so.
    const real = path.startsWith('/proc/') ? this.#options.kernel.calls.realpath(cx, path) : path
    if (typeof real === 'number') return real
    const failed = yield* this.#program(cx, real, bytes, argv, envp)
    return failed < 0 ? failed : { path: real, argv }
  }

  *#program(cx: Context, path: string, bytes: Uint8Array, argv: readonly Uint8Array[], envp: readonly Uint8Array[]): Co<number> {
    const refused = (message: string): number => {
      this.#refuse('not-executable', message)
      return -E.NOEXEC
    }
    const header = readHeader(path, bytes)
    if (!header.ok) return refused(faultText(header.error))
    const segments = readSegments(path, bytes, header.value)
    if (!segments.ok) return refused(faultText((segments as Parsed<never> & { ok: false }).error))
    const has = (type: number) => segments.value.some((each) => each.type === type)
    const named = segments.value.find((each) => each.type === Pt.interp)
    const interpreter = named
      ? new TextDecoder().decode(bytes.subarray(named.offset, named.offset + named.filesz)).replace(/\0.*/s, '')
      : ''
    // A static program that only names an interpreter has nothing for one to do.
    if (has(Pt.interp) && has(Pt.dynamic)) return yield* this.#hosted(cx, path, undefined, interpreter, argv, envp)
    const foreign = foreignLibc(bytes, header.value, segments.value)
    const ownLibrary = () =>
      refused(`${path}: a static program with ${foreign ?? 'a C library of its own'} inside cannot run here; build it dynamically linked`)
    const image = readStaticImage(inMemory(path, bytes))
    const isOurs = image.ok && image.value.gates.length > 0
    if (isOurs && has(Pt.dynamic))
      return refused(`${path}: a static program over this C library lies where it was linked to; link it with -no-pie`)
    if (has(Pt.dynamic)) return ownLibrary()
    // Only an image of the node's own link is believed what it says of its making.
    if (isOurs) {
      const own = { ...image.value, manifest: undefined }
      return yield* this.#hosted(cx, path, own, interpreter, argv, envp)
    }
    if (foreign !== undefined) return ownLibrary()
    const mapped = mapImage(cx, this.#options.kernel.calls, bytes, header.value, segments.value)
    if (typeof mapped === 'number') return mapped
    const sp = initialStack(cx, this.#options.kernel.calls, argv, envp, mapped)
    if (sp < 0) return sp
    this.linkMap.push({ path, digest: createHash('sha256').update(bytes).digest('hex'), base: mapped.base, origin: 'file' })
    const { state } = cx.process.cpu
    state.rip = BigInt(mapped.entry)
    state.setNumber(Gpr.rsp, sp)
    return 0
  }

  /** Why the node's first program cannot run is the run's outcome; a later one is its parent's affair. */
  #refuse(reason: Refusal, message: string): void {
    if (this.linkMap.length > 0) return
    const { budget } = this.#options.kernel
    const short = reason === 'not-executable' && budget.refusals > 0
    this.#options.refuse(short ? 'memory' : reason, short ? `${message} (the memory limit is ${budget.limit / 2 ** 20} MiB)` : message)
  }

  /** Nothing of the process that asks runs on; what others do is over with its turn. */
  #stop(message: string): void {
    const { kernel, refuse } = this.#options
    refuse('gap', message)
    const cx = kernel.scheduler.current
    if (cx) kernel.calls.kill(cx, cx.process.pid, SIGKILL)
  }

  /** Over the hosted C library: what ld.so loads, or what is or becomes one static image. */
  *#hosted(
    cx: Context,
    path: string,
    image: StaticImageFile | undefined,
    interpreter: string,
    argv: readonly Uint8Array[],
    envp: readonly Uint8Array[],
  ): Co<number> {
    const { kernel, gaps, request, emit, clock } = this.#options
    const { surface, mode } = request
    this.#offer ??= Offer.of(registry, surface, mode, this.#surfaceDocument)
    const offer = this.#offer
    if (offer === undefined) {
      this.#refuse('gap', `no surface of ${surface}: Redox had no C library then; dates start at 2018-03-31`)
      return -E.NOEXEC
    }
    const running = () => kernel.scheduler.current
    const demand = new Demand({ offer, registry, surface, mode, gaps, running, refuse: (message) => this.#stop(message) })
    const functions = new MissingGates(registry, (name) => demand.upstream(name) !== undefined)
    const libc = (this.#libc ??= madeLibc(() => offer.names(), this.#decides, this.#libraries))
    const options = {
      kernel,
      calls: this.#calls,
      functions,
      abi: abiOf(request.abi, interpreter),
      libc,
      withheld: (name: string, object: string) => object === libc.path && demand.upstream(name) !== undefined,
      observer: demand.observer(path, request.trace.includes('libc') ? this.#options.trace : undefined),
      ...(request.trace.includes('loader') ? { trace: emit } : {}),
      onLibc: (libc: Libc) => this.#libcs.set(libc.cpu, libc),
    }
    let loaded: LoadResult
    if (image !== undefined || request.linkage === 'static') {
      const from = { ...options, demand, store: this.#images, decides: this.#decides }
      clock.working('link', path)
      const linked = image ? { ok: true as const, image } : linkProgram(from, cx, path, envp)
      clock.working('start', path)
      loaded = linked.ok ? yield* loadStatic(from, cx, linked.image, path, argv, envp) : linked
    } else {
      loaded = yield* loadDynamic(
        {
          ...options,
          missing: (symbol, own, gates) => {
            demand.missing(symbol, demand.phase)
            const kind = demand.standIn(symbol)
            if (kind === 'null' || kind === 'fail') return kind
            return (kind === 'storage' ? gates.storage(kernel, own, symbol.name) : gates.gate(kernel, own, symbol.name)) ?? 'fail'
          },
          // Aliases are weak in the libc.so that the node makes, for a reason of its own: Redox's had none.
          ability: (name, object) => (name === 'weak definitions' && object === libc.path) || demand.ability(name, object),
          // What begins with an object that is opened later is the program's run.
          working: (what, object) => clock.working(what === 'start' && demand.phase === 'call' ? 'run' : what, object),
          hasAbility: (name) => demand.hasAbility(name),
          imported: (dso, { name, weak }) => {
            if (!weak) demand.imported(dso.path, name, 'load')
          },
        },
        cx,
        path,
        argv,
        envp,
      )
    }
    demand.phase = 'call'
    clock.working('run')
    if (!loaded.ok) {
      this.#refuse('not-executable', loaded.message)
      if (this.linkMap.length === 0) return -E.NOEXEC
      // The kernel has started the program by then: ld.so says why it cannot go on.
      yield* kernel.calls.write(cx, 2, new TextEncoder().encode(`${loaded.message}\n`))
      return yield* kernel.calls.exit(cx, 127)
    }
    if (this.linkMap.length === 0) this.linkMap.push(...loaded.linkMap)
    return 0
  }

  /** An engine is not used any more: nothing of it is kept but what its library counted. */
  retired(cpu: Cpu): void {
    for (const [name, count] of this.#libcs.get(cpu)?.callCounts() ?? []) this.#counted.set(name, (this.#counted.get(name) ?? 0) + count)
    this.#libcs.delete(cpu)
  }

  /** Calls per hosted function of all processes, by name. No engine is used any more. */
  calls(): Record<string, number> {
    for (const cpu of this.#libcs.keys()) this.retired(cpu)
    return Object.fromEntries([...this.#counted].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  *#read(cx: Context, path: string): Co<Uint8Array | number> {
    const { calls } = this.#options.kernel
    const fd = yield* calls.open(cx, path, O.RDONLY, 0)
    if (fd < 0) return fd
    try {
      const stat = calls.fstat(cx, fd)
      if (typeof stat === 'number') return stat
      if ((stat.mode & 0xf000) !== 0x8000 || (stat.mode & 0o111) === 0) return -E.ACCES
      if (stat.size > LARGEST) return -E.NOEXEC
      const bytes = new Uint8Array(stat.size)
      const got = yield* calls.pread(cx, fd, bytes, 0)
      return got < 0 ? got : bytes.subarray(0, got)
    } finally {
      yield* calls.close(cx, fd)
    }
  }
}
