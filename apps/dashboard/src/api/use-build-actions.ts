import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, ask } from './client.ts'

/** What can be asked of a build: to stop it, and to run again what failed or was cancelled. Its pages then show what became of it. */
export function useBuildActions(build: string) {
  const cache = useQueryClient()
  const path = { build }
  const onSuccess = () => cache.invalidateQueries({ queryKey: ['build', build] })
  return {
    cancel: useMutation({ mutationFn: () => ask(api.POST('/builds/{build}/cancel', { params: { path } })), onSuccess }),
    retry: useMutation({ mutationFn: () => ask(api.POST('/builds/{build}/retry', { params: { path }, body: {} })), onSuccess }),
  }
}
