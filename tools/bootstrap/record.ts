/** What a stage build came to, unit by unit, beside what the same actions do natively. */
import type { Action, Digest } from '@bootgraph/build-graph'
import { listTree, type Store } from '@bootgraph/build-graph/store'
import type { NativeActions, NativeResult } from '../native/native-action.ts'

/** As `bootgraph build --local --report` writes it. */
export interface BuildReport {
  readonly request: {
    readonly stage: string
    readonly linkage: readonly string[]
    readonly targetLinkage: string
    readonly surface: string
    readonly toolchain: string
    readonly overlays: readonly string[]
  }
  readonly image: Digest
  readonly planned: number
  readonly units: readonly ReportedUnit[]
}

export interface ReportedUnit {
  readonly name: string
  readonly kind: string
  readonly state: string
  readonly action?: Digest
  readonly outputs?: Digest
  readonly stdout?: Digest
  readonly stderr?: Digest
  readonly fuel?: number
  readonly peakMemory?: number
  readonly cpu?: number
  readonly fault?: string
  readonly blockedBy?: string
  readonly gaps: readonly { readonly component: string; readonly kind: string; readonly name: string }[]
}

export interface RecordedUnit {
  readonly name: string
  readonly kind: string
  readonly state: 'good' | 'failed' | 'blocked' | 'unavailable'
  readonly fault?: string
  readonly blockedBy?: string
  /** What the run met, component kind name. */
  readonly gaps?: readonly string[]
  /** Seconds of CPU, user and system. */
  readonly cpu?: { readonly node: number; readonly native?: number; readonly ratio?: number }
  readonly fuel?: number
  /** MiB of the node's process. */
  readonly peakMemory?: number
  /** Of the tree of outputs. */
  readonly outputs?: Digest
  /** Outputs and both streams, byte for byte; absent where the program is Redox's own. */
  readonly identical?: boolean
  /** Files that differ, or a stream. */
  readonly differs?: readonly string[]
  /** Why the distribution's C library cannot start what ran in a node. */
  readonly notNative?: string
}

/** A shell's or a dynamic linker's exit code for what cannot be started. */
const CANNOT_START = 127

const STATES: Readonly<Record<string, RecordedUnit['state']>> = {
  built: 'good',
  cached: 'good',
  failed: 'failed',
  blocked: 'blocked',
  unavailable: 'unavailable',
}

export async function recordUnit(unit: ReportedUnit, store: Store, native: NativeActions): Promise<RecordedUnit | undefined> {
  const state = STATES[unit.state]
  if (state === undefined) return undefined
  const about = {
    name: unit.name,
    kind: unit.kind,
    state,
    ...(unit.fault === undefined ? {} : { fault: unit.fault }),
    ...(unit.blockedBy === undefined ? {} : { blockedBy: unit.blockedBy }),
    ...(unit.gaps.length > 0 ? { gaps: unit.gaps.map(({ component, kind, name }) => `${component} ${kind} ${name}`) } : {}),
  }
  if (unit.action === undefined) return about
  const action = JSON.parse(new TextDecoder().decode(await store.get(unit.action))) as Action
  const ran = action.abi.startsWith('redox') ? undefined : await native.run(action)
  const there = ran?.code === CANNOT_START ? undefined : ran
  const why = there === undefined && ran ? new TextDecoder().decode(await store.get(ran.stderr)).trim() : undefined
  const node = unit.cpu ?? 0
  return {
    ...about,
    cpu: {
      node: round(node),
      ...(there ? { native: there.cpu / 1000, ...(there.cpu > 0 ? { ratio: round(node / (there.cpu / 1000)) } : {}) } : {}),
    },
    fuel: unit.fuel ?? 0,
    peakMemory: Math.round((unit.peakMemory ?? 0) / 2 ** 20),
    ...(unit.outputs ? { outputs: unit.outputs } : {}),
    ...(there ? await compared(unit, there, store) : {}),
    ...(why === undefined ? {} : { notNative: why }),
  }
}

async function compared(node: ReportedUnit, native: NativeResult, store: Store): Promise<Pick<RecordedUnit, 'identical' | 'differs'>> {
  const differs = await differentFiles(store, node.outputs, native.outputs)
  if (node.stdout !== native.stdout) differs.push('standard output')
  if (node.stderr !== native.stderr) differs.push('standard error')
  return differs.length === 0 ? { identical: true } : { identical: false, differs }
}

/** Paths that only one tree has, or that are not the same in both. */
async function differentFiles(store: Store, a: Digest | undefined, b: Digest | undefined): Promise<string[]> {
  if (a === b) return []
  const [before, after] = await Promise.all([files(store, a), files(store, b)])
  return [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path)).sort()
}

async function files(store: Store, tree: Digest | undefined): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  if (tree === undefined) return found
  for await (const { path, entry } of listTree(store, tree)) if (entry.kind !== 'directory') found.set(path, JSON.stringify(entry))
  return found
}

/** Sums over all units that ran. */
export function totals(units: readonly RecordedUnit[]) {
  const compiled = units.filter(({ cpu }) => cpu?.native !== undefined)
  const node = sum(compiled.map(({ cpu }) => cpu?.node ?? 0))
  const native = sum(compiled.map(({ cpu }) => cpu?.native ?? 0))
  const count = (test: (unit: RecordedUnit) => boolean): number => units.filter(test).length
  return {
    units: {
      good: count(({ state }) => state === 'good'),
      failed: count(({ state }) => state === 'failed'),
      blocked: count(({ state }) => state === 'blocked'),
      unavailable: count(({ state }) => state === 'unavailable'),
      identical: count(({ identical }) => identical === true),
      different: count(({ identical }) => identical === false),
    },
    cpu: { node: round(node), native: round(native), ...(native > 0 ? { ratio: round(node / native) } : {}) },
    fuel: sum(units.map(({ fuel }) => fuel ?? 0)),
    peakMemory: Math.max(0, ...units.map(({ peakMemory }) => peakMemory ?? 0)),
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0)
const round = (value: number): number => Math.round(value * 10) / 10
