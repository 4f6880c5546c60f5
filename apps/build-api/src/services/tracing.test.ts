import Fastify from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Collector, startCollector } from '../../test/collector.ts'
import { startApiTracing } from './tracing.ts'

let collector: Collector
beforeAll(async () => {
  collector = await startCollector()
})
afterAll(() => collector?.close())

test('requests and jobs reach the collector, requests as spans of the trace that the asker began', async () => {
  const tracing = await startApiTracing(collector.endpoint)
  const app = Fastify()
  await app.register(tracing.requests)
  app.get('/builds/:id', async () => ({}))
  const trace = '0af7651916cd43dd8448eb211c80319c'
  await app.inject({ url: '/builds/7', headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` } })
  await app.close()
  tracing.jobs.tracer.startSpan('add a job').end()
  await tracing.stop()
  const { spans, paths } = collector
  expect(paths).toEqual(['/v1/traces'])
  expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(['bootgraph-api']))
  const [jobs, requests] = [spans.filter(({ name }) => name === 'add a job'), spans.filter(({ name }) => name !== 'add a job')]
  expect(jobs).toHaveLength(1)
  expect(requests.length).toBeGreaterThan(0)
  expect(new Set(requests.map(({ traceId }) => traceId))).toEqual(new Set([trace]))
})
