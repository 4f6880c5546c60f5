/** What every drafted action of a plan has in common. */
import { ACTION_VERSION, type ActionDraft, type BuildRequest, type Linkage, type PlanInputs } from '@bootgraph/build-graph'
import type { Blobs } from './pure-tree.ts'

/** Bytes of guest memory for a compiler: the guest's addresses end at 4 GiB. */
const MEMORY = 3584 * 2 ** 20

export interface PlanContext {
  readonly request: BuildRequest
  readonly inputs: PlanInputs
  readonly blobs: Blobs
}

export type Own = Pick<ActionDraft, 'command' | 'env' | 'cwd' | 'inputs' | 'outputs'> & Partial<Pick<ActionDraft, 'abi' | 'scripts'>>

export function draft({ request, inputs, blobs }: PlanContext, linkage: Linkage, own: Own): ActionDraft {
  return {
    version: ACTION_VERSION,
    abi: 'auto',
    roots: inputs.roots,
    inputPath: '/',
    // Overlays are given over the source tree, which the guest sees at /src.
    overlays: inputs.overlays.map(({ name, tree }) => ({ name, tree: blobs.below(tree, 'src') })),
    linkage,
    targetLinkage: request.targetLinkage,
    surface: inputs.surface,
    mode: request.mode,
    image: inputs.image,
    seed: request.seed,
    budget: 0,
    memory: MEMORY,
    ...own,
  }
}
