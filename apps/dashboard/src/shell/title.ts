import { useEffect } from 'react'

/** The page's title, state first: `2 failed, 44 % - Build 41`. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} - bootgraph`
  }, [title])
}
