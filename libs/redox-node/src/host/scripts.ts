/**
 * The machine's bundles as scripts, with what V8 compiled of them in earlier runs: a short run is otherwise busier with its own start than
 * with the guest. V8 itself refuses what another version or other flags have made; that two builds of Node brought the same version of V8
 * with other objects to start from, its code finds out by crashing, so each build has its own.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Script } from 'node:vm'
import type { TranslationCache } from '@bootgraph/cpu'

type Cache = Pick<TranslationCache, 'get' | 'put' | 'sum'>
interface Loaded {
  readonly script: Script
  readonly module: { readonly exports: Record<string, unknown> }
  /** How thorough the run was whose code this is; 0 = there was none. */
  readonly kept: number
}

/** Bytes before the code: u32 of checksum, u32 of thoroughness. */
const HEAD = 8
const THOROUGH = { short: 1, long: 2 } as const
/** Fuel of a run that has compiled nearly all that others will need. */
const LONG = 20_000_000

export class Scripts {
  readonly #folder: string
  readonly #digests: Readonly<Record<string, string>>
  readonly #cache: Cache | undefined
  readonly #loaded = new Map<string, Loaded>()

  /** `digests`: of the folder's files by name. */
  constructor(folder: string, digests: Readonly<Record<string, string>>, cache: Cache | undefined) {
    this.#folder = folder
    this.#digests = digests
    this.#cache = cache
  }

  /** What a bundle exports; it runs when it is first asked for. */
  require(file: string): unknown {
    const known = this.#loaded.get(file)
    if (known !== undefined) return known.module.exports
    const path = join(this.#folder, file)
    const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(path, 'utf8')}\n})`
    const kept = this.#kept(file)
    const script = new Script(source, { filename: path, ...(kept ? { cachedData: kept.subarray(HEAD) } : {}) })
    const usable = kept !== undefined && script.cachedDataRejected === false
    const module = { exports: {} }
    this.#loaded.set(file, { script, module, kept: usable ? new DataView(kept.buffer, kept.byteOffset).getUint32(4, true) : 0 })
    const builtin = createRequire(path)
    const ask = (name: string): unknown => (name.startsWith('./') ? this.require(name.slice(2)) : builtin(name))
    const run = script.runInThisContext() as (...args: unknown[]) => void
    run(module.exports, ask, module, path, this.#folder)
    return module.exports
  }

  #keyOf(file: string): string {
    return `${this.#digests[file]}-${process.version}.script`
  }
  #kept(file: string): Uint8Array | undefined {
    const bytes = this.#cache?.get(this.#keyOf(file))
    if (bytes === undefined || bytes.length < HEAD) return undefined
    const sum = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
    return this.#cache!.sum(bytes.subarray(4)) === sum ? bytes : undefined
  }

  /** Keeps what V8 has compiled by now, unless a run of that length has done so before. `fuel`: of this run. */
  keep(fuel: number): void {
    const cache = this.#cache
    if (cache === undefined) return
    const thorough = fuel >= LONG ? THOROUGH.long : THOROUGH.short
    for (const [file, { script, kept }] of this.#loaded) {
      if (kept >= thorough) continue
      const code = script.createCachedData()
      const bytes = new Uint8Array(HEAD + code.length)
      bytes.set(code, HEAD)
      const view = new DataView(bytes.buffer)
      view.setUint32(4, thorough, true)
      view.setUint32(0, cache.sum(bytes.subarray(4)), true)
      cache.put(this.#keyOf(file), bytes)
    }
  }
}
