/** A collector of traces that remembers what it was sent. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Span {
  /** Name of the program that sent it. */
  readonly service: string
  readonly name: string
  readonly traceId: string
}

export interface Collector {
  readonly endpoint: string
  readonly spans: readonly Span[]
  /** Paths asked for. */
  readonly paths: readonly string[]
  close(): void
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[] }
    readonly scopeSpans: readonly { readonly spans: readonly { readonly name: string; readonly traceId: string }[] }[]
  }[]
}

export async function startCollector(): Promise<Collector> {
  const [spans, paths]: [Span[], string[]] = [[], []]
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (piece) => (body += String(piece)))
    request.on('end', () => {
      paths.push(request.url!)
      for (const { resource, scopeSpans } of (JSON.parse(body) as Sent).resourceSpans) {
        const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? ''
        spans.push(...scopeSpans.flatMap((scope) => scope.spans.map(({ name, traceId }) => ({ service, name, traceId }))))
      }
      response.setHeader('content-type', 'application/json').end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return { endpoint, spans, paths, close: () => void server.close() }
}
