/** What a stage asks cargo for; cargo answers with a unit graph, which `plan` turns into commands. */
import type { Linkage } from '@bootgraph/build-graph'

export interface Stage {
  readonly id: 'std'
  readonly title: string
  /** Relative to the source tree. */
  readonly manifest: string
  readonly features: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly rustflags: readonly string[]
}

export const STAGES: readonly Stage[] = [
  {
    id: 'std',
    title: 'standard library',
    manifest: 'library/test/Cargo.toml',
    features: ['backtrace', 'panic-unwind'],
    // The source uses unstable features; the suffix keeps dylibs' names apart from another build's.
    env: { RUSTC_BOOTSTRAP: '1', __CARGO_DEFAULT_LIB_METADATA: 'bootgraph' },
    rustflags: ['-Zforce-unstable-if-unmarked'],
  },
]

/** Flags for units of the target. Redox is crt-static by default, which is what `static` means; rustc then drops dylibs. */
export function stageRustflags(stage: Stage, targetLinkage: Linkage): string[] {
  return [...stage.rustflags, ...(targetLinkage === 'dynamic' ? ['-C', 'target-feature=-crt-static'] : [])]
}

/** The command whose standard output `readUnitGraph` reads; RUSTFLAGS must hold `stageRustflags`. */
export function unitGraphCommand(stage: Stage, target: string): string[] {
  return [
    ...['cargo', 'build', '--offline', '--release', '--unit-graph', '-Z', 'unstable-options'],
    ...['--manifest-path', stage.manifest, '--target', target, '--features', stage.features.join(',')],
  ]
}
