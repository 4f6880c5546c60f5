/** Lists that the server gives page by page. */

interface Page<T> {
  readonly items: readonly T[]
  /** Where the next page begins; the last has none. */
  readonly next?: string | null | undefined
}

/** Everything that is listed, `asking` page after page. */
export async function everyItem<T>(asking: (from: { cursor?: string }) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = []
  for (let from: { cursor?: string } = {}; ; ) {
    const { items, next } = await asking(from)
    all.push(...items)
    if (!next) return all
    from = { cursor: next }
  }
}
