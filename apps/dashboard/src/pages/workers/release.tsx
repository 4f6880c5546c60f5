import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, ask } from '../../api/client.ts'

/** Lets an action run again that killed its nodes. */
export function Release({ action }: { action: string }) {
  const cache = useQueryClient()
  const release = useMutation({
    mutationFn: () => ask(api.DELETE('/queue/quarantine/{action}', { params: { path: { action } } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['workers'] }),
  })
  return (
    <span className="row">
      <button type="button" onClick={() => release.mutate()} disabled={release.isPending}>
        {release.isPending ? 'Asked' : 'Release'}
      </button>
      {release.error && <span role="alert">{release.error.message}</span>}
    </span>
  )
}
