/** Loads a program into a fresh address space: what kind it is, its image, its stack, its personality. */

import { createHash } from 'node:crypto'
import type { LinkMapEntry, NodeRequest } from '@bootgraph/build-graph'
import { Gpr } from '@bootgraph/cpu'
import { type Co, type Context, E, type Kernel, O } from '@bootgraph/kernel'
import { faultText, type Parsed, Pt, readHeader, readSegments } from '@bootgraph/ld-so/elf'
import type { GapRecord } from '../gap-record.ts'
import { mapImage } from './map-image.ts'
import { initialStack } from './stack.ts'

export interface LoaderOptions {
  readonly kernel: Kernel
  readonly request: NodeRequest
  readonly gaps: GapRecord
  /** The first program cannot be run: the report says why. */
  refuse(reason: 'not-executable' | 'gap', message: string): void
}

export class Loader {
  readonly linkMap: LinkMapEntry[] = []
  readonly #options: LoaderOptions

  constructor(options: LoaderOptions) {
    this.#options = options
  }

  *load(cx: Context, path: string, argv: readonly Uint8Array[], envp: readonly Uint8Array[]): Co<number> {
    const bytes = yield* this.#read(cx, path)
    if (typeof bytes === 'number') return bytes
    const refused = (message: string): number => {
      this.#options.refuse('not-executable', message)
      return -E.NOEXEC
    }
    const header = readHeader(path, bytes)
    if (!header.ok) return refused(faultText(header.error))
    const segments = readSegments(path, bytes, header.value)
    if (!segments.ok) return refused(faultText((segments as Parsed<never> & { ok: false }).error))
    if (segments.value.some(({ type }) => type === Pt.interp || type === Pt.dynamic)) {
      this.#options.gaps.add(
        { truth: 'model', component: 'ld-so', kind: 'ability-missing', name: 'dynamic-program' },
        { found: 'load', symbol: 'PT_DYNAMIC', module: path },
      )
      return refused(`${path}: the node cannot load dynamically linked programs yet (model gap ld-so/dynamic-program)`)
    }
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

  *#read(cx: Context, path: string): Co<Uint8Array | number> {
    const { calls } = this.#options.kernel
    const fd = yield* calls.open(cx, path, O.RDONLY, 0)
    if (fd < 0) return fd
    try {
      const stat = calls.fstat(cx, fd)
      if (typeof stat === 'number') return stat
      if ((stat.mode & 0xf000) !== 0x8000) return -E.ACCES
      const bytes = new Uint8Array(stat.size)
      const got = yield* calls.pread(cx, fd, bytes, 0)
      return got < 0 ? got : bytes.subarray(0, got)
    } finally {
      yield* calls.close(cx, fd)
    }
  }
}
