/** Reads what `cargo build --unit-graph` prints (version 1 of the format) into units with content-derived ids. */
import { digestOf } from '@bootgraph/build-graph'
import type { Unit, UnitEdge, UnitMode, UnitProfile, UnitTarget } from './unit.ts'

export interface UnitGraph {
  /** What is needed stands before what needs it. */
  readonly units: readonly Unit[]
  readonly byId: ReadonlyMap<string, Unit>
  /** Ids of what was asked for. */
  readonly roots: readonly string[]
}

export class UnitGraphError extends Error {}

interface CargoUnit {
  readonly pkg_id: string
  readonly target: {
    readonly kind: readonly string[]
    readonly crate_types: readonly string[]
    readonly name: string
    readonly src_path: string
    readonly edition: string
  }
  readonly profile: {
    readonly name: string
    readonly opt_level: string
    readonly lto: string
    readonly codegen_units: number | null
    readonly debuginfo: number | null
    readonly debug_assertions: boolean
    readonly overflow_checks: boolean
    readonly rpath: boolean
    readonly panic: string
    readonly strip: string
  }
  readonly platform: string | null
  readonly mode: string
  readonly features: readonly string[]
  readonly dependencies: readonly { readonly index: number; readonly extern_crate_name: string; readonly noprelude: boolean }[]
}

const MODES: readonly string[] = ['build', 'check', 'run-custom-build'] satisfies UnitMode[]

/**
 * @param sourceRoot folder of the source tree as cargo saw it; every unit's source must lie in it.
 * @throws UnitGraphError for another version, an edge to nowhere, a cycle, a mode that is no compilation.
 */
export function readUnitGraph(json: string, sourceRoot: string): UnitGraph {
  const graph = JSON.parse(json) as { version: number; units: readonly CargoUnit[]; roots: readonly number[] }
  if (graph.version !== 1) throw new UnitGraphError(`a unit graph of version 1 is read here, this one says ${graph.version}`)
  const done = new Map<number, Unit>()
  const open = new Set<number>()
  const read = (index: number): Unit => {
    const ready = done.get(index)
    if (ready) return ready
    const cargo = graph.units[index]
    if (!cargo) throw new UnitGraphError(`the unit graph has no unit ${index}`)
    if (open.has(index)) throw new UnitGraphError(`the unit graph has a cycle through ${cargo.pkg_id}`)
    open.add(index)
    const needs = cargo.dependencies.map(
      (edge): UnitEdge => ({ unit: read(edge.index).id, externName: edge.extern_crate_name, noprelude: edge.noprelude }),
    )
    const unit = unitOf(cargo, needs, sourceRoot)
    done.set(index, unit)
    return unit
  }
  for (const index of graph.units.keys()) read(index)
  const units = [...done.values()]
  const byId = new Map(units.map((unit) => [unit.id, unit]))
  if (byId.size !== units.length) throw new UnitGraphError('the unit graph holds the same unit twice')
  return { units, byId, roots: graph.roots.map((index) => read(index).id) }
}

function unitOf(cargo: CargoUnit, needs: readonly UnitEdge[], sourceRoot: string): Unit {
  const inside = (path: string): string => {
    if (!path.startsWith(`${sourceRoot}/`)) throw new UnitGraphError(`${path} is outside the source tree ${sourceRoot}`)
    return path.slice(sourceRoot.length + 1)
  }
  const parsed = /^(\S+) (\S+) \((path|registry)\+(.*)\)$/.exec(cargo.pkg_id)
  if (!parsed) throw new UnitGraphError(`"${cargo.pkg_id}" is no package id of the form "name version (source)"`)
  const [, name, version, source, url] = parsed
  if (!MODES.includes(cargo.mode)) throw new UnitGraphError(`${name}: mode "${cargo.mode}" is not planned here`)
  const path = inside(cargo.target.src_path)
  const target: UnitTarget = {
    kinds: cargo.target.kind,
    crateTypes: cargo.target.crate_types,
    name: cargo.target.name,
    path,
    edition: cargo.target.edition,
  }
  const p = cargo.profile
  const profile: UnitProfile = {
    name: p.name,
    optLevel: p.opt_level,
    lto: p.lto,
    codegenUnits: p.codegen_units,
    debuginfo: p.debuginfo,
    debugAssertions: p.debug_assertions,
    overflowChecks: p.overflow_checks,
    rpath: p.rpath,
    panic: p.panic,
    strip: p.strip,
  }
  const content = {
    name,
    version,
    source: source === 'path' ? ('path' as const) : ('registry' as const),
    // A directory source keeps each package in a folder of its own right below the vendor folder.
    folder: source === 'path' ? inside(url.replace(/^file:\/\//, '')) : path.split('/').slice(0, 2).join('/'),
    target,
    profile,
    platform: cargo.platform,
    mode: cargo.mode as UnitMode,
    features: cargo.features,
    needs,
  }
  return { id: digestOf(content).slice(0, 16), ...content }
}
