import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { AttemptName } from '../../api/queries.ts'

/** Milliseconds between two looks at a log that grows. */
const GATHER = 500

/** While the attempt runs and the page is in sight, what is new in its log is asked for as it comes. */
export function useTail({ build, unit, attempt }: AttemptName, running: boolean): void {
  const cache = useQueryClient()
  useEffect(() => {
    if (!running) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = () => {
      if (timer !== undefined) return
      timer = setTimeout(() => {
        timer = undefined
        if (document.visibilityState === 'visible') void cache.invalidateQueries({ queryKey: ['build', build, 'log', unit, attempt] })
      }, GATHER)
    }
    const tail = new EventSource(`/api/v1/builds/${build}/units/${unit}/attempts/${attempt}/log/tail`)
    tail.addEventListener('log', look)
    tail.addEventListener('end', () => {
      tail.close()
      look()
      void cache.invalidateQueries({ queryKey: ['build', build, 'unit', unit] })
    })
    return () => {
      clearTimeout(timer)
      tail.close()
    }
  }, [build, unit, attempt, running, cache])
}
