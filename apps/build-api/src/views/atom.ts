/** The Atom feed (RFC 4287) of gaps that were opened, closed, or came back. */
import type pg from 'pg'

const ENTRIES = 100
const WORDS: Readonly<Record<string, string>> = { opened: 'New gap', closed: 'Closed', returned: 'Came back' }

export async function atomOf(pool: pg.Pool, origin: string): Promise<string> {
  const { rows } = await pool.query<{ sequence: number; at: string; data: { key: string; what: string } }>(
    `SELECT sequence, at, data FROM event WHERE type = 'gap' AND data->>'key' LIKE 'upstream/%' ORDER BY sequence DESC LIMIT ${ENTRIES}`,
  )
  const entries = rows.map(({ sequence, at, data: { key, what } }) => {
    const [truth, component, kind, ...rest] = key.split('/')
    const name = rest.join('/')
    const address = `${origin}/gaps/${[truth!, component!, kind!, name].map(encodeURIComponent).join('/')}`
    const title = `${WORDS[what] ?? what}: ${component} ${kind} ${name}`
    return [
      '<entry>',
      `<id>urn:bootgraph:event:${sequence}</id>`,
      `<title>${escaped(title)}</title>`,
      `<updated>${at}</updated>`,
      `<link href="${escaped(address)}"/>`,
      `<category term="${escaped(what)}"/>`,
      '</entry>',
    ].join('')
  })
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    '<id>urn:bootgraph:feed:gaps</id><title>bootgraph: gaps</title><author><name>bootgraph</name></author>',
    `<updated>${rows[0]?.at ?? new Date(0).toISOString()}</updated><link rel="self" href="${escaped(`${origin}/api/v1/feed.atom`)}"/>`,
    ...entries,
    '</feed>',
  ].join('\n')
}

/** Names come from guests: control characters have no place in XML 1.0. */
const escaped = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
