import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTracing } from './tracing.ts'

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[] }
    readonly scopeSpans: readonly { readonly spans: readonly { readonly name: string; readonly traceId: string }[] }[]
  }[]
}

const heard: { path: string; body: Sent }[] = []
let collector: Server
let endpoint: string

beforeAll(async () => {
  collector = createServer((request, response) => {
    let body = ''
    request.on('data', (piece) => (body += String(piece)))
    request.on('end', () => {
      heard.push({ path: request.url!, body: JSON.parse(body) as Sent })
      response.setHeader('content-type', 'application/json').end('{}')
    })
  })
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/`
})
afterAll(() => void collector.close())

test('requests and jobs reach the collector, requests as spans of the trace that the asker began', async () => {
  const tracing = await startTracing(endpoint)
  const app = Fastify()
  await app.register(tracing.requests)
  app.get('/builds/:id', async () => ({}))
  const trace = '0af7651916cd43dd8448eb211c80319c'
  await app.inject({ url: '/builds/7', headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` } })
  await app.close()
  tracing.jobs.tracer.startSpan('add a job').end()
  await tracing.stop()
  expect(heard.map(({ path }) => path)).toEqual(['/v1/traces'])
  const [sent] = heard[0]!.body.resourceSpans
  expect(sent!.resource.attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'bootgraph-api' } })
  const spans = sent!.scopeSpans.flatMap((scope) => scope.spans)
  const [jobs, requests] = [spans.filter(({ name }) => name === 'add a job'), spans.filter(({ name }) => name !== 'add a job')]
  expect(jobs).toHaveLength(1)
  expect(requests.length).toBeGreaterThan(0)
  expect(new Set(requests.map(({ traceId }) => traceId))).toEqual(new Set([trace]))
})
