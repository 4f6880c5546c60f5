/** A drafted action and what the units before it left → the action. */
import type { Action, ActionDraft, UnitOutcome } from '@bootgraph/build-graph'
import { draftInput, type Store } from '@bootgraph/build-graph/store'
import { type BuildScriptOutput, readBuildScriptOutput } from '../units/build-script.ts'
import { scriptFlags } from '../units/rustc-argv.ts'

/** @param outcomes of every unit whose outputs or words the draft names. @throws Error if one is missing; StoreError */
export async function finish(draft: ActionDraft, outcomes: ReadonlyMap<string, UnitOutcome>, store: Store): Promise<Action> {
  const { inputs: _, scripts: use, ...rest } = draft
  const input = await draftInput(store, draft, outcomes)
  if (use === undefined) return { ...rest, input }
  const said = new Map<string, BuildScriptOutput>()
  for (const id of new Set([...(use.own === undefined ? [] : [use.own]), ...use.below])) {
    const outcome = outcomes.get(id)
    if (!outcome) throw new Error(`the build script ${id} has not run`)
    said.set(id, readBuildScriptOutput(new TextDecoder().decode(await store.get(outcome.stdout))))
  }
  return {
    ...rest,
    command: [...rest.command, ...scriptFlags(use, said)],
    env: { ...rest.env, ...said.get(use.own ?? '')?.env },
    input,
  }
}

/** Ids of the units whose outcomes `finish` asks for. */
export function outcomesWanted(draft: ActionDraft): string[] {
  const outputs = draft.inputs.flatMap((part) => ('outputsOf' in part ? [part.outputsOf] : []))
  return [...new Set([...outputs, ...(draft.scripts?.own === undefined ? [] : [draft.scripts.own]), ...(draft.scripts?.below ?? [])])]
}
