/** What a result means for the unit that asked: whether it is good, why not, and which gap stopped it. */
import type { ActionResult, Criterion, Digest, Gap, NodeReport } from '@bootgraph/build-graph'
import { gapKey, succeeded } from '@bootgraph/build-graph'
import { readDirectory, type Store, StoreError } from '@bootgraph/build-graph/store'
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

/** A tree that shows more than anybody should walk: its directories may be shown many times and cost nothing in the store. */
export class TreeLimit extends Error {}

/** Entries below a tree, each counted as often as it is shown, and directories below one another. */
const ENTRY_LIMIT = 1_000_000
const DEPTH_LIMIT = 256

interface Shape {
  readonly entries: number
  readonly depth: number
}

/** Results whose every blob can be read; what was found whole stays so until a collection says otherwise. */
export class WholeResults {
  readonly #store: Store
  #known = new Set<Digest>()
  #trees = new Map<Digest, Shape>()

  constructor(store: Store) {
    this.#store = store
  }

  /** Blobs were removed. */
  forget(): void {
    this.#known = new Set()
    this.#trees = new Map()
  }

  /** @throws TreeLimit */
  async has(result: ActionResult): Promise<boolean> {
    for (const digest of [result.stdout, result.stderr]) if (!(await this.#blob(digest))) return false
    if (result.outputs === undefined) return true
    try {
      return (await this.#tree(result.outputs, 0)) !== undefined
    } catch (error) {
      if (error instanceof StoreError && (error.fault === 'missing' || error.fault === 'corrupt')) return false
      throw error
    }
  }

  async #blob(digest: Digest): Promise<boolean> {
    if (this.#known.has(digest)) return true
    const there = await this.#store.has(digest)
    if (there) this.#known.add(digest)
    return there
  }

  /** Undefined if a file is missing. Each directory is read once, however often it is shown. */
  async #tree(tree: Digest, above: number): Promise<Shape | undefined> {
    const known = this.#trees.get(tree)
    if (known !== undefined) return known
    if (above >= DEPTH_LIMIT) throw new TreeLimit(`the outputs have more than ${DEPTH_LIMIT} directories below one another`)
    let [entries, depth] = [0, 0]
    for (const entry of await readDirectory(this.#store, tree)) {
      entries++
      if (entry.kind === 'file' && !(await this.#blob(entry.digest))) return undefined
      if (entry.kind !== 'directory') continue
      const below = await this.#tree(entry.digest, above + 1)
      if (below === undefined) return undefined
      entries += below.entries
      depth = Math.max(depth, below.depth + 1)
      if (entries > ENTRY_LIMIT) throw new TreeLimit(`the outputs show more than ${ENTRY_LIMIT} entries`)
      if (above + depth > DEPTH_LIMIT) throw new TreeLimit(`the outputs have more than ${DEPTH_LIMIT} directories below one another`)
    }
    const shape = { entries, depth }
    this.#trees.set(tree, shape)
    return shape
  }
}
