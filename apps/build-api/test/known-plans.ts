/** Plans whose every unit a test can name: the ladder's rungs, the crates of std as cargo recorded them, and a wide graph. */
import { readFileSync } from 'node:fs'
import type { ActionDraft, Digest, Linkage, UnitPlan } from '@bootgraph/build-graph'
import { RUNGS } from '@bootgraph/rustc-bootstrap'

const recorded = new URL('../../../libs/rustc-bootstrap/test/std-1.63-redox/unit-graph.json', import.meta.url)

interface RecordedUnit {
  readonly pkg_id: string
  readonly target: { readonly name: string; readonly kind: readonly string[] }
  readonly mode: string
  readonly dependencies: readonly { readonly index: number }[]
}

export interface KnownContent {
  readonly surface: Digest
  readonly image: Digest
  /** The tree without entries. */
  readonly empty: Digest
}

const draft = (content: KnownContent, linkage: Linkage, command: readonly string[], outputs: readonly string[] = []): ActionDraft => ({
  version: 1,
  command,
  env: { RUSTC_BOOTSTRAP: '1' },
  cwd: '/work',
  roots: [],
  inputs: [{ tree: content.empty, at: '' }],
  inputPath: '/work',
  overlays: [],
  outputs,
  linkage,
  targetLinkage: 'static',
  surface: content.surface,
  mode: 'bridge',
  abi: 'auto',
  image: content.image,
  seed: 1,
  budget: 0,
  memory: 2 ** 30,
})

/** One unit a rung and linkage, `static-emit-object-1` and so on. */
export function ladderPlan(content: KnownContent): UnitPlan[] {
  return (['static', 'dynamic'] as const).flatMap((linkage) =>
    RUNGS.filter((rung) => rung.linkages.includes(linkage)).map(
      (rung): UnitPlan => ({
        id: `${linkage}-${rung.id}-1`,
        name: rung.title,
        stage: 'ladder',
        kind: 'rung-step',
        linkage,
        rung: rung.id,
        needs: RUNGS.filter(({ id, linkages }) => rung.needs.includes(id) && linkages.includes(linkage)).map(
          ({ id }) => `${linkage}-${id}-1`,
        ),
        draft: draft(content, linkage, rung.steps[0]!.command),
        expected: 1000,
      }),
    ),
  )
}

const KINDS: Readonly<Record<string, { kind: UnitPlan['kind']; word: string }>> = {
  build: { kind: 'compile', word: 'x86_64-unknown-redox' },
  'run-custom-build': { kind: 'run-build-script', word: 'run build script' },
}

/** The 36 units of std for x86_64-unknown-redox, with cargo's own edges. */
export function stdPlan(content: KnownContent, linkage: Linkage): UnitPlan[] {
  const { units } = JSON.parse(readFileSync(recorded, 'utf8')) as { units: RecordedUnit[] }
  const ids = units.map(
    ({ target, pkg_id, mode }, index) =>
      `${linkage}-${pkg_id.split(' ')[0]}-${target.name === 'build-script-build' ? `script-${mode}` : index}`,
  )
  return units.map(({ pkg_id, target, mode, dependencies }, index): UnitPlan => {
    const [crate, version] = pkg_id.split(' ')
    const script = target.kind[0] === 'custom-build' && mode === 'build'
    const { kind, word } = script ? { kind: 'build-script' as const, word: 'build script' } : KINDS[mode]!
    return {
      id: ids[index]!,
      name: `${crate} ${version} (${word})`,
      stage: 'std',
      kind,
      linkage,
      needs: dependencies.map((dependency) => ids[dependency.index]!),
      crate: crate!,
      draft: draft(
        content,
        linkage,
        ['/usr/bin/rustc', '--crate-name', target.name, '--cfg', 'feature="std"', `/src/${crate}/lib.rs`],
        [`/work/${ids[index]}.rlib`],
      ),
      expected: 500 + 100 * dependencies.length,
    }
  })
}

/** `count` units in rows of twenty, each needing two of the row before. */
export function widePlan(content: KnownContent, count: number): UnitPlan[] {
  const id = (index: number) => `wide-${index}`
  return Array.from({ length: count }, (_, index): UnitPlan => {
    const before = index - 20
    const second = before - (before % 20) + ((before + 7) % 20)
    return {
      id: id(index),
      name: `crate-${index} 1.0.0 (host)`,
      stage: index < count / 2 ? 'vendored' : 'stage1',
      kind: 'compile',
      linkage: 'dynamic',
      needs: before < 0 ? [] : [...new Set([id(before), id(second)])],
      draft: draft(content, 'dynamic', ['/usr/bin/rustc', '--crate-name', `crate_${index}`]),
      expected: 1000,
    }
  })
}
