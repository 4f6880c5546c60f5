import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, ask, type Schema } from '../../api/client.ts'

/** Cancel and retry: what was asked shows as asked until the server says what became of it. */
export function BuildActions({ build: { id, state, counts } }: { build: Schema['BuildDetail'] }) {
  const cache = useQueryClient()
  const path = { build: id }
  const onSuccess = () => cache.invalidateQueries({ queryKey: ['build', id] })
  const cancel = useMutation({ mutationFn: () => ask(api.POST('/builds/{build}/cancel', { params: { path } })), onSuccess })
  const retry = useMutation({ mutationFn: () => ask(api.POST('/builds/{build}/retry', { params: { path }, body: {} })), onSuccess })
  const again = counts.failed + counts.cancelled
  const error = cancel.error ?? retry.error
  return (
    <div className="row">
      {state === 'running' && (
        <button type="button" onClick={() => cancel.mutate()} disabled={cancel.isPending}>
          {cancel.isPending ? 'Cancel asked' : 'Cancel'}
        </button>
      )}
      {again > 0 && (
        <button type="button" onClick={() => retry.mutate()} disabled={retry.isPending}>
          {retry.isPending ? 'Retry asked' : `Retry the ${again} that ${counts.failed > 0 ? 'failed' : 'were cancelled'}`}
        </button>
      )}
      {error && <span role="alert">{error.message}</span>}
    </div>
  )
}
