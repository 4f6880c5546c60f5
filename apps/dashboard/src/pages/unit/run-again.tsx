import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, ask } from '../../api/client.ts'

/** Asks for another attempt at this unit, past the cache; the attempts before it are kept. */
export function RunAgain({ build, unit }: { build: string; unit: string }) {
  const cache = useQueryClient()
  const again = useMutation({
    mutationFn: () => ask(api.POST('/builds/{build}/retry', { params: { path: { build } }, body: { units: [unit] } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['build', build] }),
  })
  return (
    <span className="row">
      <button type="button" onClick={() => again.mutate()} disabled={again.isPending}>
        {again.isPending ? 'Asked' : 'Run again'}
      </button>
      {again.error && <span role="alert">{again.error.message}</span>}
    </span>
  )
}
