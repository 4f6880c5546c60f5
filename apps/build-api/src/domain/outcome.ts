/** What a result means for the unit that asked: whether it is good, why not, and which gap stopped it. */
import type { ActionResult, Criterion, Digest, Gap, NodeReport } from '@bootgraph/build-graph'
import { gapKey, succeeded } from '@bootgraph/build-graph'
import { listTree, type Store, StoreError } from '@bootgraph/build-graph/store'
import { diagnosticGaps, fault, firstError, readDiagnostics, stoppingGap } from '@bootgraph/rustc-bootstrap'

export interface Outcome {
  readonly good: boolean
  /** One line; undefined if it is good. */
  readonly message: string | undefined
  /** Key of the gap that stopped it. */
  readonly stoppedBy: string | undefined
  /** Those of the run and those that the compiler's words name. */
  readonly gaps: readonly Gap[]
}

/** Longest message that a row keeps, in UTF-16 units. */
const MESSAGE_LIMIT = 1000
/** Bytes of stderr in which a gap's name is looked for. */
const WORDS_LIMIT = 64 * 1024

/** @throws StoreError */
export async function outcomeOf(store: Store, criterion: Criterion | null, result: ActionResult): Promise<Outcome> {
  if (criterion === null && succeeded(result)) return { good: true, message: undefined, stoppedBy: undefined, gaps: result.gaps }
  const wrong = await fault(criterion ?? undefined, result, store)
  if (wrong === undefined) return { good: true, message: undefined, stoppedBy: undefined, gaps: result.gaps }
  const stderr = new TextDecoder().decode(await store.get(result.stderr))
  const said = readDiagnostics(stderr)
  const compile = diagnosticGaps(said, result.missingOutputs)
  const message = (firstError(said) ?? wrong).toWellFormed().replaceAll('\0', '').split('\n')[0]!.slice(0, MESSAGE_LIMIT)
  const exit = { ...result.exit, message: result.exit.message ?? stderr.slice(0, WORDS_LIMIT) }
  const stopper = compile[0] ?? stoppingGap({ exit, gaps: result.gaps } as NodeReport)
  return { good: false, message, stoppedBy: stopper && gapKey(stopper), gaps: [...result.gaps, ...compile] }
}

/** Results whose every blob can be read; what was found whole stays so until a collection says otherwise. */
export class WholeResults {
  readonly #store: Store
  #known = new Set<Digest>()

  constructor(store: Store) {
    this.#store = store
  }

  /** Blobs were removed. */
  forget(): void {
    this.#known = new Set()
  }

  async has(result: ActionResult): Promise<boolean> {
    for (const digest of [result.stdout, result.stderr]) if (!(await this.#blob(digest))) return false
    return result.outputs === undefined || this.#tree(result.outputs)
  }

  async #blob(digest: Digest): Promise<boolean> {
    if (this.#known.has(digest)) return true
    const there = await this.#store.has(digest)
    if (there) this.#known.add(digest)
    return there
  }

  async #tree(tree: Digest): Promise<boolean> {
    if (this.#known.has(tree)) return true
    try {
      for await (const { entry } of listTree(this.#store, tree))
        if (entry.kind === 'file' && !(await this.#blob(entry.digest))) return false
    } catch (error) {
      if (error instanceof StoreError && (error.fault === 'missing' || error.fault === 'corrupt')) return false
      throw error
    }
    this.#known.add(tree)
    return true
  }
}
