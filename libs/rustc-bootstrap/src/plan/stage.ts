/** What a stage asks cargo for; cargo answers with a unit graph, whose units become the stage's. */
import type { Linkage } from '@bootgraph/build-graph'

export type StageId = 'std' | 'stage1'

export interface Stage {
  readonly id: StageId
  readonly title: string
  /** Relative to the source tree. */
  readonly manifest: string
  readonly release: boolean
  readonly features: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly rustflags: readonly string[]
  /** Crates of this stage are found in the compiler's own folder for the target. */
  readonly upon?: StageId
}

/** Builds that no clock and no repository can change say so by fixed words. */
const COMPILER_ENV = {
  CFG_COMPILER_HOST_TRIPLE: 'x86_64-unknown-redox',
  CFG_RELEASE: '1.63.0',
  CFG_RELEASE_CHANNEL: 'stable',
  // Metadata names the version of the compiler that wrote it: stage 1 reads what stage 0 has written if theirs are equal.
  CFG_VERSION: '1.63.0',
  CFG_VER_DATE: '2022-08-08',
  CFG_VER_HASH: 'bootgraph',
  RUSTC_INSTALL_BINDIR: 'bin',
  CFG_LIBDIR_RELATIVE: 'lib',
  REAL_LIBRARY_PATH_VAR: 'LD_LIBRARY_PATH',
  RUSTC_ERROR_METADATA_DST: '/target/error-metadata',
}

export const STAGES: readonly Stage[] = [
  {
    id: 'std',
    title: 'standard library',
    manifest: 'library/test/Cargo.toml',
    release: true,
    features: ['backtrace', 'panic-unwind'],
    // The source uses unstable features; the suffix keeps dylibs' names apart from another build's.
    env: { RUSTC_BOOTSTRAP: '1', __CARGO_DEFAULT_LIB_METADATA: 'bootgraph' },
    rustflags: ['-Zforce-unstable-if-unmarked'],
  },
  {
    id: 'stage1',
    title: 'stage 1: the compiler',
    manifest: 'compiler/rustc/Cargo.toml',
    release: false,
    features: [],
    // A node is new for every unit: there is nothing to be incremental upon.
    env: { RUSTC_BOOTSTRAP: '1', __CARGO_DEFAULT_LIB_METADATA: 'bootgraph', CARGO_INCREMENTAL: '0', ...COMPILER_ENV },
    rustflags: [],
    upon: 'std',
  },
]

export const TARGET = 'x86_64-unknown-redox'
export const HOST = 'x86_64-unknown-linux-gnu'

export const stageNamed = (id: string): Stage | undefined => STAGES.find((stage) => stage.id === id)

/** Flags for units of the target. Redox is crt-static by default, which is what `static` means; rustc then drops dylibs. */
export function stageRustflags(stage: Stage, targetLinkage: Linkage): string[] {
  return [...stage.rustflags, ...(targetLinkage === 'dynamic' ? ['-C', 'target-feature=-crt-static'] : [])]
}

/** The command whose standard output `readUnitGraph` reads; RUSTFLAGS must hold `stageRustflags`. */
export function unitGraphCommand(stage: Stage, target: string): string[] {
  return [
    ...['cargo', 'build', '--offline', ...(stage.release ? ['--release'] : []), '--unit-graph', '-Z', 'unstable-options'],
    ...['--manifest-path', stage.manifest, '--target', target],
    ...(stage.features.length > 0 ? ['--features', stage.features.join(',')] : []),
  ]
}

/** The command whose standard output `readPackages` reads. */
export const packagesCommand = (stage: Stage): string[] => [
  ...['cargo', 'metadata', '--offline', '--format-version', '1', '--manifest-path', stage.manifest],
  ...(stage.features.length > 0 ? ['--features', stage.features.join(',')] : []),
]
