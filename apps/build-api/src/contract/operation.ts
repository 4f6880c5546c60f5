/** One operation of the API as data: what it takes and gives, and which scope it needs. Handlers are attached by `serve`. */
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify'
import { type Static, type TObject, type TSchema, Type } from 'typebox'
import type { Scope } from '../plugins/auth.ts'
import { fields, needsNothing, Problem } from './common.ts'

export interface Operation<
  P extends TObject = TObject,
  Q extends TObject = TObject,
  B extends TSchema = TSchema,
  R extends TSchema = TSchema,
> {
  /** Name of the operation in generated clients. */
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly tag: string
  readonly summary: string
  /** Absent: whoever reaches the server may ask. */
  readonly scope?: Scope
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  readonly status?: 200 | 201
  readonly answer?: R
  /** Type of an answer that is no JSON. */
  readonly produces?: string
  /** Type of a body that is no JSON. */
  readonly consumes?: string
  /** Statuses of problems beside 400, 403, 429 and 500, and what a token brings: 401, and 503 while the database is away. */
  readonly problems?: readonly (404 | 409 | 413 | 416 | 422 | 503 | 507)[]
}

export const operation = <P extends TObject, Q extends TObject, B extends TSchema, R extends TSchema>(
  op: Operation<P, Q, B, R>,
): Operation<P, Q, B, R> => op

export interface Asked<P extends TObject, Q extends TObject, B extends TSchema> {
  readonly params: Static<P>
  readonly query: Static<Q>
  readonly body: Static<B>
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** Registers an operation; what the handler gives has been declared, or it took over the reply itself and gives that. */
export function serve<P extends TObject, Q extends TObject, B extends TSchema, R extends TSchema>(
  app: FastifyInstance,
  op: Operation<P, Q, B, R>,
  handler: (asked: Asked<P, Q, B>) => Promise<Static<R> | FastifyReply>,
  options: Pick<RouteShorthandOptions, 'bodyLimit' | 'config'> = {},
): void {
  app.route({
    method: op.method,
    url: op.url,
    bodyLimit: options.bodyLimit ?? 1024 * 1024,
    config: { ...options.config, ...(op.scope ? { scope: op.scope } : {}) },
    schema: schemaOf(op),
    ...(needsNothing(op.body) ? { preValidation: takeNothing } : {}),
    handler: async (request, reply) => {
      const { params, query, body } = request
      const given = await handler({ params: params as Static<P>, query: query as Static<Q>, body: body as Static<B>, request, reply })
      if (reply.sent || given === reply) return reply
      return reply.code(op.status ?? 200).send(given)
    },
  })
}

/** What is absent says as much as an object without members. */
const takeNothing = async (request: FastifyRequest): Promise<void> => {
  if (request.body === undefined) request.body = {}
}

/** An operation that names no parameters takes none. */
const NO_QUERY = fields({})

function schemaOf(op: Operation): Record<string, unknown> {
  const problem = { content: { 'application/problem+json': { schema: Problem } } }
  const problems = [400, ...(op.scope ? [401, 503] : []), 403, 429, 500, ...(op.problems ?? [])]
  const answer = { content: { [op.produces ?? 'application/json']: { schema: op.answer ?? Type.String() } } }
  return {
    operationId: op.id,
    summary: op.summary,
    tags: [op.tag],
    ...(op.scope ? { security: [{ token: [op.scope] }] } : {}),
    ...(op.params ? { params: op.params } : {}),
    querystring: op.query ?? NO_QUERY,
    ...(op.body ? { body: op.consumes ? { content: { [op.consumes]: { schema: op.body } } } : op.body } : {}),
    ...(op.consumes ? { consumes: [op.consumes] } : {}),
    response: {
      [op.status ?? 200]: { description: op.summary, ...answer },
      ...Object.fromEntries(problems.map((status) => [status, { description: 'problem', ...problem }])),
    },
  }
}
