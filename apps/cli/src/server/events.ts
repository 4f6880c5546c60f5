/** Server-sent events (WHATWG HTML, section 9.2) of one address; a stream that breaks is taken up again where it was. */
import { reach, refuse, type Server } from './client.ts'

export interface ServerEvent {
  readonly type: string
  readonly id: string | undefined
  readonly data: string
}

/** Ends with the server's stream if `once`, else only by `signal`. */
export async function* events({ base, headers }: Server, path: string, signal: AbortSignal, once: boolean): AsyncGenerator<ServerEvent> {
  let last: string | undefined
  for (let failures = 0; !signal.aborted; ) {
    const more = last === undefined ? {} : { 'last-event-id': last }
    const request = new Request(`${base}${path}`, { headers: { ...headers, ...more, accept: 'text/event-stream' }, signal })
    const response = await reach(base, request).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
    if (!response) return
    if (!response.ok || !response.body) refuse(response.status, await response.json().catch(() => undefined))
    try {
      for await (const event of parse(response.body)) {
        failures = 0
        last = event.id ?? last
        yield event
      }
      if (once) return
    } catch (error) {
      if (signal.aborted) return
      if (++failures > 5) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** failures))
  }
}

export async function* parse(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of body) {
    rest += decoder.decode(piece, { stream: true })
    const blocks = rest.split(/\r?\n\r?\n/)
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const event = eventOf(block)
      if (event) yield event
    }
  }
}

/** Undefined for a comment, which only keeps the line open. */
function eventOf(block: string): ServerEvent | undefined {
  const data: string[] = []
  let type = 'message'
  let id: string | undefined
  for (const line of block.split(/\r?\n/)) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line) ?? []
    if (field === 'data') data.push(value)
    else if (field === 'event') type = value
    else if (field === 'id') id = value
  }
  return data.length === 0 ? undefined : { type, id, data: data.join('\n') }
}
