/** Traces of requests and of jobs, sent to an OpenTelemetry collector; nothing is loaded or recorded where none is configured. */

import type { Telemetry } from 'bullmq'
import type { FastifyPluginCallback } from 'fastify'

export interface ApiTracing {
  /** Makes a span of every request. */
  readonly requests: FastifyPluginCallback
  /** Makes a span of every job that is added, which the worker that takes it goes on with. */
  readonly jobs: Telemetry
  /** Sends what is left. */
  stop(): Promise<void>
}

/** @param endpoint base address of a collector that speaks OTLP over HTTP (OTEL_EXPORTER_OTLP_ENDPOINT) */
export async function startApiTracing(endpoint: string): Promise<ApiTracing> {
  const [{ FastifyOtelInstrumentation }, { startTracing }] = await Promise.all([
    import('@fastify/otel'),
    import('@bootgraph/build-graph/tracing'),
  ])
  const { provider, jobs, stop } = startTracing('bootgraph-api', endpoint)
  const fastify = new FastifyOtelInstrumentation()
  fastify.setTracerProvider(provider)
  return { requests: fastify.plugin() as FastifyPluginCallback, jobs, stop }
}
