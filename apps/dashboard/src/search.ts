/** Search parameters are plain strings, spelled alike in pages, API and command line; what is empty is not in the URL. */

export type Search<K extends string> = { readonly [key in K]?: string }

export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text))
}

export function stringifySearch(search: Record<string, unknown>): string {
  const pairs = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
  if (pairs.length === 0) return ''
  // What queries are made of stays readable: it has no meaning of its own in a query string.
  const spell = (text: string) =>
    encodeURIComponent(text)
      .replace(/%(3A|2C|2F|40)/g, decodeURIComponent)
      .replaceAll('%20', '+')
  return `?${pairs.map(([key, value]) => `${spell(key)}=${spell(String(value))}`).join('&')}`
}

/** A route's parameters. Unknown ones pass, so that the page can name them instead of swallowing them. */
export function searchOf<K extends string>(..._keys: K[]): (raw: Record<string, unknown>) => Search<K> {
  return (raw) => Object.fromEntries(Object.entries(raw).filter(([, value]) => typeof value === 'string' && value !== '')) as Search<K>
}
