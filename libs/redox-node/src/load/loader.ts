/** Loads a program into a fresh address space: what kind it is, its image, its stack, its personality. */

import { createHash } from 'node:crypto'
import type { GapKind, GapOccurrence, LinkMapEntry, NodeRequest, Truth } from '@bootgraph/build-graph'
import { Gpr } from '@bootgraph/cpu'
import { type Co, type Context, E, type Kernel, type Loaded, O } from '@bootgraph/kernel'
import { faultText, type Parsed, Pt, readHeader, readSegments } from '@bootgraph/ld-so/elf'
import type { Libc } from '@bootgraph/relibc'
import type { GapRecord } from '../gap-record.ts'
import { loadDynamic } from './dynamic.ts'
import { madeLibc, registry } from './libc-file.ts'
import { mapImage } from './map-image.ts'
import { MissingGates } from './missing-gates.ts'
import { Offer } from './offer.ts'
import { SCRIPT_DEPTH, scriptOf } from './script.ts'
import { initialStack } from './stack.ts'

export interface LoaderOptions {
  readonly kernel: Kernel
  readonly request: NodeRequest
  readonly gaps: GapRecord
  /** The first program cannot be run: the report says why. */
  /** A trace line. */
  readonly emit: (line: string) => void
  readonly refuse: (reason: 'not-executable' | 'gap', message: string) => void
}

export class Loader {
  readonly linkMap: LinkMapEntry[] = []
  readonly #options: LoaderOptions
  readonly #libraries: Libc[] = []

  constructor(options: LoaderOptions) {
    this.#options = options
  }

  *load(cx: Context, path: string, argv: readonly Uint8Array[], envp: readonly Uint8Array[], depth = 0): Co<Loaded | number> {
    const bytes = yield* this.#read(cx, path)
    if (typeof bytes === 'number') return bytes
    const script = scriptOf(path, bytes)
    if (script && depth === SCRIPT_DEPTH) return -E.LOOP
    if (script) return yield* this.load(cx, script.interpreter, [...script.argv, ...argv.slice(1)], envp, depth + 1)
    const failed = yield* this.#program(cx, path, bytes, argv, envp)
    return failed < 0 ? failed : { path, argv }
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
    if (has(Pt.interp)) return yield* this.#dynamic(cx, path, argv, envp)
    if (has(Pt.dynamic))
      return refused(`${path}: a position-independent static program brings its own C library; build it dynamically linked`)
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
  #refuse(reason: 'not-executable' | 'gap', message: string): void {
    if (this.linkMap.length === 0) this.#options.refuse(reason, message)
  }

  *#dynamic(cx: Context, path: string, argv: readonly Uint8Array[], envp: readonly Uint8Array[]): Co<number> {
    const { kernel, gaps, request, emit } = this.#options
    const refuse = this.#refuse.bind(this)
    if (request.linkage === 'static') {
      gaps.add(
        { truth: 'model', component: 'ld-so', kind: 'ability-missing', name: 'static-link' },
        { found: 'link', symbol: 'static-link', module: path },
      )
      refuse('not-executable', `${path}: the node cannot link a program into one static image yet (model gap ld-so/static-link)`)
      return -E.NOEXEC
    }
    const offer = Offer.of(registry, request.surface, request.mode)
    if (offer === undefined) {
      refuse('gap', `no surface of ${request.surface}: Redox had no C library then; dates start at 2018-03-31`)
      return -E.NOEXEC
    }
    const upstream = (name: string): string | undefined => {
      const judgement = offer.judge(name)
      return judgement.kind === 'upstream' ? judgement.name : undefined
    }
    const met = (truth: Truth, name: string, kind: GapKind, at: Omit<GapOccurrence, 'count'>) =>
      gaps.add({ truth, component: 'relibc', kind, name }, at)
    const functions = new MissingGates(registry, (name) => upstream(name) !== undefined)
    const loaded = yield* loadDynamic(
      {
        kernel,
        libc: madeLibc(offer.names()),
        functions,
        observer: {
          gap: (truth, name, detail) => {
            const at = { found: 'call', symbol: name, module: path, detail } as const
            if (truth === 'model') met('model', name, 'symbol-missing', at)
            else met('upstream', upstream(name) ?? name, detail === 'stub' ? 'stub-called' : 'symbol-missing', at)
          },
          ...(request.trace.includes('libc') ? { trace: emit } : {}),
        },
        missing: ({ name, requester, weak, kind }, own, gates) => {
          if (weak) return 'null'
          const plain = upstream(name)
          if (plain !== undefined && request.mode === 'strict') {
            met('upstream', plain, 'symbol-missing', { found: 'load', symbol: name, module: requester })
            refuse('gap', `${requester}: ${plain} is missing in Redox of ${request.surface}`)
            return 'fail'
          }
          if (plain !== undefined) met('upstream', plain, 'symbol-missing', { found: 'load', symbol: name, module: requester })
          met('model', name, 'symbol-missing', { found: 'load', symbol: name, module: requester })
          if (kind === 'tls') return 'fail'
          return (kind === 'object' ? gates.storage(kernel, own, name) : gates.gate(kernel, own, name)) ?? 'fail'
        },
        imported: (dso, { name, weak }) => {
          if (weak) return
          const judgement = offer.judge(name)
          const at = { found: 'load', symbol: name, module: dso.path } as const
          if (judgement.kind === 'served' || !(registry.functions.has(name) || registry.objects.has(name))) return
          met(judgement.kind, judgement.name, 'symbol-missing', at)
        },
        ...(request.trace.includes('loader') ? { trace: emit } : {}),
        onLibc: (libc) => this.#libraries.push(libc),
      },
      cx,
      path,
      argv,
      envp,
    )
    if (!loaded.ok) {
      refuse('not-executable', loaded.message)
      if (this.linkMap.length === 0) return -E.NOEXEC
      // The kernel has started the program by then: ld.so says why it cannot go on.
      yield* kernel.calls.write(cx, 2, new TextEncoder().encode(`${loaded.message}\n`))
      return yield* kernel.calls.exit(cx, 127)
    }
    if (this.linkMap.length === 0) this.linkMap.push(...loaded.linkMap)
    return 0
  }

  /** Calls per hosted function of all processes, by name. */
  calls(): Record<string, number> {
    const sum = new Map<string, number>()
    for (const libc of this.#libraries) for (const [name, count] of libc.callCounts()) sum.set(name, (sum.get(name) ?? 0) + count)
    return Object.fromEntries([...sum].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  *#read(cx: Context, path: string): Co<Uint8Array | number> {
    const { calls } = this.#options.kernel
    const fd = yield* calls.open(cx, path, O.RDONLY, 0)
    if (fd < 0) return fd
    try {
      const stat = calls.fstat(cx, fd)
      if (typeof stat === 'number') return stat
      if ((stat.mode & 0xf000) !== 0x8000 || (stat.mode & 0o111) === 0) return -E.ACCES
      const bytes = new Uint8Array(stat.size)
      const got = yield* calls.pread(cx, fd, bytes, 0)
      return got < 0 ? got : bytes.subarray(0, got)
    } finally {
      yield* calls.close(cx, fd)
    }
  }
}
