/** How long every request of the server took, whichever plugin serves it. */
import type { FastifyInstance } from 'fastify'
import { Histogram, type Registry } from 'prom-client'

export function measureRequests(app: FastifyInstance, registry: Registry): void {
  const requests = new Histogram({
    name: 'bootgraph_http_request_seconds',
    help: 'Time to answer, by operation and status.',
    labelNames: ['operation', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  })
  app.addHook('onResponse', async (request, reply) => {
    const operation = (request.routeOptions.schema as { operationId?: string } | undefined)?.operationId ?? 'unknown'
    requests.observe({ operation, status: String(reply.statusCode) }, reply.elapsedTime / 1000)
  })
}
