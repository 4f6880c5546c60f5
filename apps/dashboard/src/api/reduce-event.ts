/** What one event changes: whole facts go into the cache at once, what it only hints at is named stale. */
import type { InfiniteData, QueryClient, QueryKey } from '@tanstack/react-query'
import type { Schema } from './client.ts'

export type BuildEvent = Schema['Event']

type Told = Partial<Pick<Schema['Build'], 'state' | 'counts'>> & { id?: string }

/** @returns the keys whose answers are stale now */
export function applyEvent(cache: QueryClient, { type, build, sequence, data }: BuildEvent): QueryKey[] {
  if (type === 'gap') return [['gaps']]
  if (type === 'worker') return [['workers']]
  if (build === undefined) return []
  const told = data as Told
  if (type === 'build') {
    // A set of counts is one fact: it is replaced, never added up here.
    const patch = <T extends Pick<Schema['Build'], 'state' | 'counts'>>(known: T): T => ({
      ...known,
      ...(told.state && { state: told.state }),
      ...(told.counts && { counts: told.counts }),
    })
    cache.setQueryData<Schema['BuildDetail']>(['build', build, 'detail'], (known) =>
      known === undefined || known.asOf >= sequence ? known : { ...patch(known), asOf: sequence },
    )
    let listed = false
    cache.setQueriesData<InfiniteData<Schema['Builds']>>({ queryKey: ['builds'] }, (known) => {
      if (known === undefined) return known
      return {
        ...known,
        pages: known.pages.map((page) => ({
          ...page,
          items: page.items.map((item) => {
            if (item.id !== build) return item
            listed = true
            return patch(item)
          }),
        })),
      }
    })
    const ended = told.state !== undefined && told.state !== 'running'
    return [...(listed ? [] : [['builds']]), ...(ended ? [['build', build], ['ladder']] : [])]
  }
  cache.setQueryData<Schema['BuildGraph']>(['build', build, 'graph'], (known) => {
    const at = known?.units.id.indexOf(told.id ?? '') ?? -1
    if (known === undefined || at < 0 || known.asOf >= sequence || told.state === undefined) return known
    const state = known.units.state.with(at, told.state as Schema['Unit']['state'])
    return { ...known, asOf: sequence, units: { ...known.units, state } }
  })
  return [['build', build, 'detail'], ['build', build, 'units'], ['build', build, 'unit', told.id ?? ''], ['ladder']]
}
