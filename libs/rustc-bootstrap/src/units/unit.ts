/** One step of a build in cargo's words: a crate to compile, or a build script to run. */

export type UnitMode = 'build' | 'check' | 'run-custom-build'

export interface Unit {
  /** 16 hex digits over everything cargo says of the unit and of what it needs; no host path is in it. */
  readonly id: string
  readonly name: string
  readonly version: string
  /** Where the package comes from: `path` is the workspace's own code, anything else is vendored. */
  readonly source: 'path' | 'registry'
  /** Folder of the package's manifest, relative to the source tree. */
  readonly folder: string
  readonly target: UnitTarget
  readonly profile: UnitProfile
  /** Target triple; null = the host that the compiler runs on. */
  readonly platform: string | null
  readonly mode: UnitMode
  readonly features: readonly string[]
  readonly needs: readonly UnitEdge[]
}

export interface UnitTarget {
  /** lib, rlib, dylib, proc-macro, bin, custom-build, … */
  readonly kinds: readonly string[]
  readonly crateTypes: readonly string[]
  readonly name: string
  /** Relative to the source tree. */
  readonly path: string
  readonly edition: string
}

export interface UnitProfile {
  readonly name: string
  readonly optLevel: string
  readonly lto: string
  readonly codegenUnits: number | null
  readonly debuginfo: number | null
  readonly debugAssertions: boolean
  readonly overflowChecks: boolean
  readonly rpath: boolean
  readonly panic: string
  readonly strip: string
}

export interface UnitEdge {
  /** Id of the unit that is needed. */
  readonly unit: string
  /** The name by which the crate's code says it. */
  readonly externName: string
  readonly noprelude: boolean
}

export const crateName = (unit: Unit): string => unit.target.name.replaceAll('-', '_')
export const isBuildScript = (unit: Unit): boolean => unit.target.kinds.includes('custom-build')
export const isProcMacro = (unit: Unit): boolean => unit.target.kinds.includes('proc-macro')
/** Its metadata alone is enough to compile against it; all others need what the crates below them were linked from. */
export const isPlainLibrary = (unit: Unit): boolean => unit.target.crateTypes.every((type) => type === 'lib' || type === 'rlib')
