/** A build on this host: shows it, keeps what `explain` needs, and prints what came out. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { BuildRequest, Digest, Gap, NodeImageManifest, NodeRequest, UnitPlan } from '@bootgraph/build-graph'
import { dataFolder, folderStore } from '@bootgraph/build-graph/store'
import {
  type BuildEvent,
  buildHere,
  defaultPlace,
  PlanError,
  planInputs,
  progressOn,
  ToolchainError,
  type UnitEnd,
  type UnitState,
} from '@bootgraph/rustc-bootstrap'
import { ExitCode } from '../exit-codes.ts'
import { currentImage } from '../node-process.ts'
import { fail, print, table } from '../output.ts'
import { rememberAction } from './unit-history.ts'

export interface LocalOptions {
  readonly jobs: number
  readonly timeout: number
  readonly only?: readonly string[]
  readonly engine?: NodeRequest['engine']
  readonly again?: boolean
  readonly report?: string
  readonly json?: boolean
}

interface Row {
  readonly unit: string
  readonly name: string
  readonly kind: string
  readonly rung?: string
  readonly state: UnitState
  readonly action?: Digest
  readonly outputs?: Digest
  readonly stdout?: Digest
  readonly stderr?: Digest
  readonly seconds: number
  readonly fuel?: number
  /** Bytes; seconds of CPU of the node. */
  readonly peakMemory?: number
  readonly cpu?: number
  readonly fault?: string
  readonly blockedBy?: string
  readonly gaps: readonly Gap[]
}

export async function buildLocally(request: BuildRequest, options: LocalOptions): Promise<void> {
  const image = currentImage()
  const manifest = JSON.parse(readFileSync(join(image.folder, 'image.json'), 'utf8')) as NodeImageManifest
  const stop = new AbortController()
  const interrupted = (): void => stop.abort(new Error('interrupted; what has ended is kept and the same command goes on from there'))
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, interrupted)
  const data = dataFolder()
  const units = new Map<string, UnitPlan>()
  const ended = new Map<string, UnitEnd>()
  const screen = new Screen(options.json ?? false)
  const report = () => ({
    version: 1,
    request,
    image: image.digest,
    planned: units.size,
    units: [...units.values()].flatMap((unit) => rowOf(unit, ended.get(unit.id))),
  })
  try {
    const store = folderStore(join(data, 'store'))
    const place = defaultPlace()
    const inputs = await planInputs(request, { store, place, image: { digest: image.digest as Digest, folder: image.folder, manifest } })
    await buildHere({
      request,
      inputs,
      data,
      image: { folder: image.folder, entry: manifest.entry },
      jobs: Math.max(1, options.jobs),
      timeout: options.timeout,
      again: options.again ?? false,
      ...(options.engine ? { engine: options.engine } : {}),
      ...(options.only ? { only: options.only } : {}),
      signal: stop.signal,
      onEvent(event) {
        if (event.event === 'planned') for (const unit of event.units) units.set(unit.id, unit)
        if (event.event === 'ended') {
          ended.set(event.unit.id, event.end)
          if (event.end.action) rememberAction(data, event.unit.id, event.end.action)
        }
        screen.show(event)
      },
    })
    screen.close()
    print(report(), options.json, () => summary(report().units))
    if (report().units.some(({ state }) => state === 'failed' || state === 'blocked')) process.exitCode = ExitCode.no
  } catch (error) {
    screen.close()
    if (error instanceof PlanError || error instanceof ToolchainError) fail(error.message)
    if (stop.signal.aborted) fail((stop.signal.reason as Error).message, 130)
    throw error
  } finally {
    // What has ended is a result, wherever the build stopped.
    if (options.report && ended.size > 0) writeReport(options.report, report())
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, interrupted)
  }
}

function writeReport(file: string, report: object): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`)
}

function rowOf(unit: UnitPlan, end: UnitEnd | undefined): Row[] {
  if (!end) return []
  const { state, action, result, seconds, fault, blockedBy, gaps } = end
  return [
    {
      unit: unit.id,
      name: unit.name,
      kind: unit.kind,
      ...(unit.rung ? { rung: unit.rung } : {}),
      state,
      ...(action ? { action } : {}),
      ...(result?.outputs ? { outputs: result.outputs } : {}),
      seconds,
      ...(result
        ? {
            stdout: result.stdout,
            stderr: result.stderr,
            fuel: result.fuel,
            peakMemory: result.measured.peakMemory,
            cpu: (result.measured.time.cpu ?? 0) / 1000,
          }
        : {}),
      ...(fault ? { fault } : {}),
      ...(blockedBy ? { blockedBy } : {}),
      gaps,
    },
  ]
}

const GLYPH: Readonly<Record<UnitState, string>> = { built: '✓', cached: '=', made: '·', failed: '✗', blocked: '⊘', unavailable: '–' }

/** One line a unit that ends; on a terminal a bar below them. */
class Screen {
  readonly #bar
  #ended = 0
  #total = 0

  constructor(quiet: boolean) {
    this.#bar = quiet ? undefined : progressOn(process.stderr)
  }

  show(event: BuildEvent): void {
    if (!this.#bar) return
    if (event.event === 'planned') {
      this.#total = event.units.length
      this.#bar.begin('units', this.#total, 'units')
      this.#bar.at(this.#ended)
    } else if (event.event === 'ended') {
      this.#ended++
      if (event.end.state === 'built' || event.end.state === 'failed') process.stdout.write(`${line(event.unit, event.end)}\n`)
      this.#bar.at(this.#ended)
    }
  }

  close(): void {
    this.#bar?.end()
  }
}

function line(unit: UnitPlan, end: UnitEnd): string {
  const memory = end.result ? `${(end.result.measured.peakMemory / 2 ** 20).toFixed(0)} MiB` : ''
  const why = end.fault ? `  ${end.fault.split('\n')[0]}` : ''
  return `${GLYPH[end.state]} ${unit.name.padEnd(52)} ${end.seconds.toFixed(1).padStart(8)} s ${memory.padStart(9)}${why}`.trimEnd()
}

function summary(rows: readonly Row[]): string {
  const counts = new Map<UnitState, number>()
  for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1)
  const blockedBy = (unit: string): number => rows.filter((row) => row.blockedBy === unit).length
  const failed = rows.filter(({ state }) => state === 'failed')
  // What stopped a unit at compile time; what its run met besides is in the JSON.
  const stopping = (row: Row): readonly Gap[] => row.gaps.filter(({ occurrences }) => occurrences.some(({ found }) => found === 'compile'))
  const open = new Map(failed.flatMap((row) => stopping(row).map((gap) => [`${gap.component} ${gap.kind} ${gap.name}`, row.name])))
  return [
    [...counts].map(([state, number]) => `${number} ${state}`).join(', '),
    table(failed.map((row) => ['✗', row.name, `${blockedBy(row.unit)} wait directly`, row.fault ?? ''])),
    ...[...open].map(([gap, unit]) => `gap: ${gap} (${unit})`),
  ]
    .filter(Boolean)
    .join('\n')
}
