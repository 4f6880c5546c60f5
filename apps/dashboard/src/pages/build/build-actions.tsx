import type { Schema } from '../../api/client.ts'
import { useBuildActions } from '../../api/use-build-actions.ts'
import { againWords } from '../../build-words.ts'

/** Cancel and retry: what was asked shows as asked until the server says what became of it. */
export function BuildActions({ build: { id, state, counts } }: { build: Schema['BuildDetail'] }) {
  const { cancel, retry } = useBuildActions(id)
  const again = againWords(counts)
  const error = cancel.error ?? retry.error
  return (
    <div className="row">
      {state === 'running' && (
        <button type="button" onClick={() => cancel.mutate()} disabled={cancel.isPending}>
          {cancel.isPending ? 'Cancel asked' : 'Cancel'}
        </button>
      )}
      {again && (
        <button type="button" onClick={() => retry.mutate()} disabled={retry.isPending} aria-keyshortcuts="r">
          {retry.isPending ? 'Retry asked' : again}
        </button>
      )}
      {error && <span role="alert">{error.message}</span>}
    </div>
  )
}
