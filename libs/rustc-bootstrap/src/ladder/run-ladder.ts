/** Climbs the ladder: runs each rung whose needs have passed, and says of each other one why not. */
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Gap, Linkage, Mode, NodeReport, NodeRequest } from '@bootgraph/build-graph'
import { RUNGS, type Rung, type RungId, type Step } from '../rung.ts'
import type { Toolchain } from '../toolchain/reference.ts'
import { formFault } from './output-form.ts'
import { stoppingGap } from './stopper.ts'

/** How a node is started: a child process here, an action on a worker. */
export interface LadderPort {
  runNode(request: NodeRequest): Promise<{ readonly report: NodeReport; readonly stdout: Uint8Array; readonly stderr: Uint8Array }>
  /** Writes crt1.o, crti.o, crtn.o, libc.so and what -lm, -ldl and the like ask for into a host folder. */
  makeSysroot(folder: string): Promise<unknown>
}

export interface LadderOptions {
  readonly toolchain: Toolchain
  readonly linkages: readonly Linkage[]
  readonly surface: string
  readonly mode: Mode
  /** Host folder for what the rungs make; emptied first. */
  readonly work: string
  readonly machine: Pick<NodeRequest, 'seed' | 'budget' | 'memory' | 'engine' | 'surfaceFile' | 'cache'>
  /** Only these rungs and what they need; all if absent. */
  readonly only?: readonly RungId[]
  readonly onEvent?: (event: LadderEvent) => void
}

export type LadderEvent =
  | { readonly event: 'rung-started'; readonly rung: RungId; readonly linkage: Linkage }
  | { readonly event: 'rung-ended'; readonly result: RungResult }

/** failed: it ran and did not meet its criterion. blocked: a rung that it needs has not passed. */
export type RungState = 'passed' | 'failed' | 'blocked' | 'not-applicable'

export interface RungResult {
  readonly rung: RungId
  readonly title: string
  readonly linkage: Linkage
  readonly state: RungState
  /** Why it did not pass, one line. */
  readonly message?: string
  /** The gap that stopped it, where one did. */
  readonly stoppedBy?: Gap
  readonly blockedBy?: RungId
  /** Everything that its runs met, passed or not. */
  readonly gaps: readonly Gap[]
  readonly seconds: number
  readonly fuel: number
}

export interface LadderReport {
  readonly version: 1
  readonly toolchain: string
  readonly tree: string
  readonly surface: string
  readonly mode: Mode
  readonly results: readonly RungResult[]
}

export async function runLadder(options: LadderOptions, port: LadderPort): Promise<LadderReport> {
  const rungs = chosen(options.only)
  const results: RungResult[] = []
  for (const linkage of options.linkages) {
    const climb = new Climb(linkage, options, port)
    await climb.prepare()
    for (const rung of rungs) results.push(await climb.take(rung))
  }
  const { toolchain, surface, mode } = options
  return { version: 1, toolchain: toolchain.name, tree: toolchain.tree, surface, mode, results }
}

/** The rungs asked for and all that they need, in the table's order. */
export function chosen(only: readonly RungId[] | undefined): readonly Rung[] {
  if (!only) return RUNGS
  const wanted = new Set<RungId>()
  const want = (id: RungId): void => {
    wanted.add(id)
    for (const need of RUNGS.find((r) => r.id === id)?.needs ?? []) want(need)
  }
  only.forEach(want)
  return RUNGS.filter((r) => wanted.has(r.id))
}

/** Why a step did not meet its criterion. */
interface Failure {
  readonly message: string
  readonly stoppedBy?: Gap
}

/** One linkage's way up; the working folder keeps what lower rungs made. */
class Climb {
  readonly #linkage: Linkage
  readonly #options: LadderOptions
  readonly #port: LadderPort
  readonly #work: string
  readonly #passed = new Set<RungId>()
  #sysroot: Promise<unknown> | undefined

  constructor(linkage: Linkage, options: LadderOptions, port: LadderPort) {
    this.#linkage = linkage
    this.#options = options
    this.#port = port
    this.#work = join(options.work, linkage)
  }

  async prepare(): Promise<void> {
    await rm(this.#work, { recursive: true, force: true })
    await mkdir(this.#work, { recursive: true })
  }

  async take(rung: Rung): Promise<RungResult> {
    const about = { rung: rung.id, title: rung.title, linkage: this.#linkage }
    const blockedBy = rung.needs.find((need) => !this.#passed.has(need))
    let result: RungResult
    if (!rung.linkages.includes(this.#linkage)) {
      result = { ...about, state: 'not-applicable', gaps: [], seconds: 0, fuel: 0 }
    } else if (blockedBy !== undefined) {
      result = {
        ...about,
        state: 'blocked',
        blockedBy,
        message: `needs "${blockedBy}", which has not passed`,
        gaps: [],
        seconds: 0,
        fuel: 0,
      }
    } else {
      this.#options.onEvent?.({ event: 'rung-started', rung: rung.id, linkage: this.#linkage })
      result = { ...about, ...(await this.#run(rung)) }
      if (result.state === 'passed') this.#passed.add(rung.id)
    }
    this.#options.onEvent?.({ event: 'rung-ended', result })
    return result
  }

  async #run(rung: Rung): Promise<Omit<RungResult, 'rung' | 'title' | 'linkage'>> {
    const start = performance.now()
    const gaps: Gap[] = []
    let fuel = 0
    const ended = (state: RungState, failure?: Failure) => ({ state, ...failure, gaps, seconds: (performance.now() - start) / 1000, fuel })
    if (rung.sysroot) {
      const fault = await this.#makeSysroot()
      if (fault !== undefined) return ended('failed', { message: `no sysroot: ${fault}` })
    }
    for (const step of rung.steps) {
      await this.#place(step)
      const { report, stdout, stderr } = await this.#port.runNode(this.#request(step, rung.timeout))
      gaps.push(...report.gaps)
      fuel += report.fuel
      const message = await this.#fault(step, report, stdout, stderr)
      if (message === undefined) continue
      const stoppedBy = stoppingGap(report)
      return ended('failed', { message, ...(stoppedBy ? { stoppedBy } : {}) })
    }
    return ended('passed')
  }

  async #makeSysroot(): Promise<string | undefined> {
    this.#sysroot ??= mkdir(join(this.#work, 'sysroot')).then(() => this.#port.makeSysroot(join(this.#work, 'sysroot')))
    return this.#sysroot.then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )
  }

  async #place(step: Step): Promise<void> {
    for (const { path } of step.outputs) await rm(join(this.#work, path), { force: true })
    for (const [name, content] of Object.entries(step.files)) {
      await writeFile(join(this.#work, name), content)
      if (typeof content !== 'string') await chmod(join(this.#work, name), 0o755)
    }
  }

  #request(step: Step, timeout: number): NodeRequest {
    const { toolchain, surface, mode, machine } = this.#options
    const [name, ...args] = step.command
    return {
      ...machine,
      program: name.startsWith('./') ? `/work/${name.slice(2)}` : name,
      args,
      env: { PATH: toolchain.path.join(':') },
      cwd: '/work',
      linkage: this.#linkage,
      surface,
      mode,
      abi: step.abi,
      roots: toolchain.roots,
      mounts: [{ host: this.#work, guest: '/work', writable: true }],
      timeout,
      trace: [],
      count: false,
    }
  }

  /** The first of: how it ended, what it printed, what it made. */
  async #fault(step: Step, report: NodeReport, stdout: Uint8Array, stderr: Uint8Array): Promise<string | undefined> {
    const { reason, code, message } = report.exit
    if (reason !== 'exit' || code !== step.code) {
      const said = Buffer.from(stderr)
        .toString('utf8')
        .split('\n')
        .find((line) => line.trim() !== '')
      return [`${step.command[0]} ended by ${reason} with ${code}, expected ${step.code}`, message ?? said].filter(Boolean).join(': ')
    }
    if (step.stdout && !step.stdout.test(Buffer.from(stdout).toString('utf8'))) return `${step.command[0]} did not print what it should`
    for (const { path, form } of step.outputs) {
      const bytes = await readFile(join(this.#work, path)).catch(() => undefined)
      const fault = bytes === undefined ? 'was not made' : formFault(bytes, form)
      if (fault !== undefined) return `${path} ${fault}`
    }
    return undefined
  }
}
