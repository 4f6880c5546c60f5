/** The OpenAPI document of the contract: what /api/v1/openapi.json serves and apps/build-api/openapi.json keeps for clients. */
import swagger from '@fastify/swagger'
import Fastify from 'fastify'
import type { TSchema } from 'typebox'
import { needsNothing } from './contract/common.ts'
import { OPERATIONS } from './contract/index.ts'
import { serve } from './contract/operation.ts'

export const PREFIX = '/api/v1'
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
type JsonObject = { readonly [key: string]: Json }

export async function openApiDocument(): Promise<JsonObject> {
  const app = Fastify({ exposeHeadRoutes: false })
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => () => '')
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'bootgraph',
        version: '1',
        description:
          'How far Redox OS is from building rustc on itself, and what blocks it. Times are ISO 8601 in UTC, durations milliseconds, sizes bytes. Lists give opaque cursors. A parameter that an operation does not name is refused. Every failure is a problem document (RFC 9457).',
      },
      servers: [{ url: PREFIX }],
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    },
    stripBasePath: true,
  })
  await app.register(
    async (routes) => {
      for (const op of OPERATIONS) serve(routes, op, async ({ reply }) => reply)
    },
    { prefix: PREFIX },
  )
  await app.ready()
  const document = JSON.parse(JSON.stringify(app.swagger()), withOptionalBodies) as JsonObject
  await app.close()
  return withNamedSchemas(document)
}

/** Makes optional what may be absent: the generator calls every body required. */
function withOptionalBodies(key: string, value: unknown): unknown {
  if (key !== 'requestBody') return value
  const body = value as { readonly content: Readonly<Record<string, { readonly schema: TSchema }>> }
  return needsNothing(body.content['application/json']?.schema) ? { ...body, required: false } : body
}

/** Every titled schema becomes a component of that name, and its places references to it. */
function withNamedSchemas(document: JsonObject): JsonObject {
  const named = new Map<string, Json>()
  const hoist = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(hoist)
    if (typeof value !== 'object' || value === null) return value
    const here = value as JsonObject
    const inner = Object.fromEntries(Object.entries(here).map(([key, member]) => [key, hoist(member)]))
    const { title } = here
    if (typeof title !== 'string' || !('type' in here)) return inner
    const before = named.get(title)
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(inner)) throw new Error(`two schemas are called ${title}`)
    named.set(title, inner)
    return { $ref: `#/components/schemas/${title}` }
  }
  const paths = hoist(document.paths ?? {})
  const schemas = Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1)))
  return { ...document, paths, components: { ...(document.components as JsonObject), schemas } }
}
