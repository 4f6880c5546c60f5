/** The one place where a failure becomes an answer: a problem document (RFC 9457) with the request's id. */
import { StoreError } from '@bootgraph/build-graph/store'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError, ERRORS, type ErrorCode } from '../errors.ts'

const problem = (reply: FastifyReply, id: string, code: ErrorCode, detail: string) =>
  reply
    .code(ERRORS[code].status)
    .type('application/problem+json')
    .send({ type: `urn:bootgraph:error:${code}`, title: ERRORS[code].title, status: ERRORS[code].status, code, detail, requestId: id })

/** For what fails before a route is found: an address that is no valid encoding. */
export const answerMalformed = (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void =>
  void problem(reply.header('x-request-id', request.id), request.id, 'bad-request', error.message)

export function answerErrors(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) => problem(reply, request.id, 'not-found', 'no such address'))
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const code = codeOf(error)
    if (code === 'internal') request.log.error(error)
    return problem(reply, request.id, code, code === 'internal' ? 'unexpected failure' : error.message)
  })
}

function codeOf(error: FastifyError | ApiError | StoreError): ErrorCode {
  if (error instanceof ApiError) return error.code
  if (error instanceof StoreError) {
    if (error.fault === 'mismatch') return 'digest-mismatch'
    if (error.fault === 'missing') return 'not-found'
    return error.fault === 'no-space' ? 'no-space' : 'internal'
  }
  if (error.statusCode === 413) return 'too-large'
  if (error.statusCode === 415) return 'unsupported-type'
  return error.statusCode !== undefined && error.statusCode < 500 ? 'bad-request' : 'internal'
}
