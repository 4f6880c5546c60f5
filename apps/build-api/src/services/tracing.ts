/** Traces of requests and of jobs, sent to an OpenTelemetry collector; nothing is loaded or recorded where none is configured. */

import type { Telemetry } from 'bullmq'
import type { FastifyPluginCallback } from 'fastify'

export interface Tracing {
  /** Makes a span of every request. */
  readonly requests: FastifyPluginCallback
  /** Makes a span of every job that is added, which the worker that takes it may go on with. */
  readonly jobs: Telemetry
  /** Sends what is left. */
  stop(): Promise<void>
}

/** @param endpoint base address of a collector that speaks OTLP over HTTP (OTEL_EXPORTER_OTLP_ENDPOINT) */
export async function startTracing(endpoint: string): Promise<Tracing> {
  const [{ FastifyOtelInstrumentation }, { OTLPTraceExporter }, { resourceFromAttributes }, sdk, { BullMQOtel }] = await Promise.all([
    import('@fastify/otel'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace-node'),
    import('bullmq-otel'),
  ])
  const provider = new sdk.NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'bootgraph-api' }),
    spanProcessors: [new sdk.BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` }))],
  })
  provider.register()
  const fastify = new FastifyOtelInstrumentation()
  fastify.setTracerProvider(provider)
  return {
    requests: fastify.plugin() as FastifyPluginCallback,
    jobs: new BullMQOtel({ tracerName: 'bootgraph' }),
    stop: () => provider.shutdown(),
  }
}
