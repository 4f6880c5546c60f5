/** A planned build on this host, without a server: each unit one action in one node, kept in the store and in the action cache. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type ActionDraft,
  type ActionResult,
  actionDigest,
  type BuildRequest,
  cacheable,
  canonical,
  type Digest,
  type Gap,
  type NodeRequest,
  outcomeDigest,
  type PlanInputs,
  type UnitOutcome,
  type UnitPlan,
} from '@bootgraph/build-graph'
import { executeAction, launcherFault, NO_NETWORK, type NodeImage } from '@bootgraph/build-graph/execute'
import { folderStore } from '@bootgraph/build-graph/store'
import { diagnosticGaps, firstError, readDiagnostics } from '../diagnostics.ts'
import { finish, outcomesWanted } from '../plan/finish.ts'
import { fault } from '../plan/judge.ts'
import { type BuildPlan, plan } from '../plan/plan.ts'
import { ActionCache } from './action-cache.ts'
import { chooseUnits, type UnitFilter } from './choose-units.ts'
import { Progress } from './progress.ts'

export interface BuildHere {
  readonly request: BuildRequest
  readonly inputs: PlanInputs
  /** Data folder: store, results, translations and work folders lie below. */
  readonly data: string
  readonly image: NodeImage
  /** Nodes at the same time. */
  readonly jobs: number
  /** Wall limit of one unit, seconds; 0 = none. */
  readonly timeout: number
  /** How guest code runs; mixed if absent. */
  readonly engine?: NodeRequest['engine']
  /** Run even what has a result; one that differs is a determinism defect. */
  readonly again: boolean
  /** Units to build with all that they need; all if absent. */
  readonly only?: UnitFilter
  readonly signal: AbortSignal
  readonly onEvent: (event: BuildEvent) => void
}

export type BuildEvent =
  | { readonly event: 'planned'; readonly units: readonly UnitPlan[] }
  | { readonly event: 'started'; readonly unit: UnitPlan; readonly action: Digest }
  | { readonly event: 'ended'; readonly unit: UnitPlan; readonly end: UnitEnd }

export type UnitState = 'built' | 'cached' | 'made' | 'failed' | 'blocked' | 'unavailable'

export interface UnitEnd {
  readonly state: UnitState
  readonly action?: Digest
  readonly result?: ActionResult
  /** Why it is not good, one line. */
  readonly fault?: string
  /** The unit that has to be good first. */
  readonly blockedBy?: string
  readonly gaps: readonly Gap[]
  /** Wall clock of this attempt. */
  readonly seconds: number
}

/** @throws PlanError and what stopped the build itself; never for what a guest did. */
export async function buildHere(build: BuildHere): Promise<ReadonlyMap<string, UnitEnd>> {
  const run = new Run(build)
  let answers: Readonly<Record<string, string>> | undefined
  for (;;) {
    const planned = plan(build.request, { ...build.inputs, ...(answers ? { answers } : {}) })
    await run.climb(planned)
    const next = await run.answers()
    // Answers come once: a plan that they do not change is whole.
    if (Object.keys(next).length === Object.keys(answers ?? {}).length) return run.ends
    answers = next
  }
}

class Run {
  readonly ends = new Map<string, UnitEnd>()
  readonly #outcomes = new Map<string, UnitOutcome>()
  readonly #queries = new Set<string>()
  readonly #build: BuildHere
  readonly #store
  readonly #cache: ActionCache
  /** Nodes have no network where this host can do that. */
  readonly #launcher: readonly string[]

  constructor(build: BuildHere) {
    this.#build = build
    this.#store = folderStore(join(build.data, 'store'))
    this.#cache = new ActionCache(join(build.data, 'results'), this.#store)
    this.#launcher = launcherFault(NO_NETWORK, build.data) === undefined ? NO_NETWORK : []
  }

  /** Runs every unit that has not ended, as far as what it needs is good. */
  async climb({ units: all, blobs }: BuildPlan): Promise<void> {
    for (const bytes of blobs.values()) await this.#store.put(bytes)
    const units = chooseUnits(all, this.#build.only)
    for (const unit of units) if (unit.kind === 'query') this.#queries.add(unit.id)
    this.#build.onEvent({ event: 'planned', units })
    const progress = new Progress(
      units.filter(({ id }) => !this.ends.has(id)),
      (id) => this.#good(id),
      (id) => this.ends.has(id) && !this.#good(id),
    )
    const lane = async (): Promise<void> => {
      for (;;) {
        this.#build.signal.throwIfAborted()
        const next = progress.take()
        if (next === undefined) {
          if (progress.idle) return
          await progress.change()
          continue
        }
        try {
          const end = next.blockedBy === undefined ? await this.#one(next.unit) : blocked(next.blockedBy)
          this.ends.set(next.unit.id, end)
          this.#build.onEvent({ event: 'ended', unit: next.unit, end })
        } finally {
          progress.done(next.unit)
        }
      }
    }
    await Promise.all(Array.from({ length: this.#build.jobs }, lane))
  }

  /** What the queries that ended well have said. */
  async answers(): Promise<Record<string, string>> {
    const said: Record<string, string> = {}
    for (const id of this.#queries) {
      const outcome = this.#outcomes.get(id)
      if (outcome) said[id] = new TextDecoder().decode(await this.#store.get(outcome.stdout))
    }
    return said
  }

  #good(id: string): boolean {
    const state = this.ends.get(id)?.state
    return state === 'built' || state === 'cached' || state === 'made'
  }

  async #one(unit: UnitPlan): Promise<UnitEnd> {
    if (unit.draft) return this.#act(unit, unit.draft)
    if (unit.made !== undefined) return { state: 'made', gaps: [], seconds: 0 }
    return { state: 'unavailable', fault: unit.unavailable ?? 'nothing runs it', gaps: [], seconds: 0 }
  }

  async #act(unit: UnitPlan, draft: ActionDraft): Promise<UnitEnd> {
    const wanted = outcomesWanted(draft).flatMap((id) => {
      const outcome = this.#outcomes.get(id)
      return outcome ? [[id, outcome] as const] : []
    })
    const action = await finish(draft, new Map(wanted), this.#store)
    const digest = actionDigest(action)
    await this.#store.put(new TextEncoder().encode(canonical(action)))
    const kept = await this.#cache.get(digest)
    if (kept && !this.#build.again) return this.#judged(unit, kept, 'cached', 0)
    this.#build.onEvent({ event: 'started', unit, action: digest })
    const began = performance.now()
    const work = await this.#workFolder()
    try {
      const { data, image, timeout, signal, engine } = this.#build
      const cache = join(data, 'translations')
      const result = await executeAction(
        { store: join(data, 'store'), image, work, timeout, cache, launcher: this.#launcher, ...(engine ? { engine } : {}) },
        action,
        signal,
      )
      if (kept && outcomeDigest(kept) !== outcomeDigest(result))
        return {
          state: 'failed',
          action: digest,
          result,
          fault: 'a second run of the same action came out differently',
          gaps: [],
          seconds: 0,
        }
      if (cacheable(result)) await this.#cache.put(result)
      return await this.#judged(unit, result, 'built', (performance.now() - began) / 1000)
    } finally {
      await rm(work, { recursive: true, force: true })
    }
  }

  async #judged(unit: UnitPlan, result: ActionResult, good: 'built' | 'cached', seconds: number): Promise<UnitEnd> {
    const wrong = await fault(unit.criterion, result, this.#store)
    const about = { action: result.action, result, seconds }
    if (wrong === undefined) {
      const outputs = result.outputs ?? (await this.#emptyTree())
      this.#outcomes.set(unit.id, { outputs, stdout: result.stdout })
      return { ...about, state: good, gaps: result.gaps }
    }
    const said = readDiagnostics(new TextDecoder().decode(await this.#store.get(result.stderr)))
    const gaps = [...result.gaps, ...diagnosticGaps(said, result.missingOutputs)]
    return { ...about, state: 'failed', fault: firstError(said) ?? wrong, gaps }
  }

  async #emptyTree(): Promise<Digest> {
    return (await this.#store.put(new TextEncoder().encode('{"entries":[]}'))).digest
  }

  async #workFolder(): Promise<string> {
    await mkdir(join(this.#build.data, 'work'), { recursive: true })
    return mkdtemp(join(this.#build.data, 'work', `${process.pid}-`))
  }
}

const blocked = (by: string): UnitEnd => ({
  state: 'blocked',
  blockedBy: by,
  fault: `needs ${by}, which is not good`,
  gaps: [],
  seconds: 0,
})
