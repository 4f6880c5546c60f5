import { QueryClient } from '@tanstack/react-query'
import { ProblemError } from './client.ts'

/** What the server said so far. Events keep it fresh, so nothing is asked twice without a reason. */
export const cache = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      // A refusal stays one; what did not arrive is asked again.
      retry: (failures, error) => failures < 2 && !(error instanceof ProblemError && error.status < 500),
      retryDelay: (attempt) => 500 * 2 ** attempt,
    },
  },
})
