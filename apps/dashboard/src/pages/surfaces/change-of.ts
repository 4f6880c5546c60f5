/** What a difference between two surfaces means to a program. Pure. */
export const CHANGES = ['gained', 'filled in', 'changed', 'emptied', 'lost'] as const
export type Change = (typeof CHANGES)[number]

/** Statuses are `implemented` and kinds of stub; undefined is absent. */
export function changeOf({ before, after }: { readonly before?: string; readonly after?: string }): Change {
  if (before === undefined) return 'gained'
  if (after === undefined) return 'lost'
  if (after === 'implemented') return 'filled in'
  return before === 'implemented' ? 'emptied' : 'changed'
}
