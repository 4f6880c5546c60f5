/** The list that a page was opened from, so that its neighbours there are one key away. */

let paths: readonly string[] = []

/** A click on a link in a row, which Enter is as well, opens from the list that the row stands in. */
export function noteList({ target }: MouseEvent): void {
  const row = target instanceof Element && target.closest('a') ? target.closest('main [data-row]') : null
  if (row === null) return
  paths = [...row.parentElement!.querySelectorAll(':scope > [data-row]')].flatMap(({ firstElementChild }) => {
    const link = firstElementChild?.querySelector('a')
    return link ? new URL(link.href).pathname : []
  })
}

/** The path that many rows after this one, or before it; undefined at the ends, and for a page that no list led to. */
export function neighbourOf(path: string, step: 1 | -1): string | undefined {
  const at = paths.indexOf(path)
  return at < 0 ? undefined : paths[at + step]
}
