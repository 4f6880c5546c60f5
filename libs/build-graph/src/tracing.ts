/** Traces of a program, sent to an OpenTelemetry collector; where none is configured, nobody loads this. */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { BullMQOtel } from 'bullmq-otel'

export interface Tracing {
  readonly provider: NodeTracerProvider
  /** Makes a span of every job that is added or taken; whoever takes one goes on with the trace of who added it. */
  readonly jobs: BullMQOtel
  /** Sends what is left. */
  stop(): Promise<void>
}

/**
 * @param service the program's name, as collectors show it
 * @param endpoint base address of a collector that speaks OTLP over HTTP (OTEL_EXPORTER_OTLP_ENDPOINT)
 */
export function startTracing(service: string, endpoint: string): Tracing {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` }))],
  })
  provider.register()
  return { provider, jobs: new BullMQOtel({ tracerName: 'bootgraph' }), stop: () => provider.shutdown() }
}
