/** The one place where a failure becomes an answer: a problem document (RFC 9457) with the request's id. */
import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { StoreError } from '@bootgraph/build-graph/store'
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isDatabaseAway } from '../domain/database-away.ts'
import { ApiError, ERRORS, type ErrorCode } from '../errors.ts'

const PROBLEM = 'application/problem+json'
const documentOf = (requestId: string, code: ErrorCode, detail: string) => {
  const { title, status } = ERRORS[code]
  return { type: `urn:bootgraph:error:${code}`, title, status, code, detail, requestId }
}
/** Seconds after which to ask again what is away: a server that died is started again within them. */
const RETRY_AFTER = 5
const problem = (reply: FastifyReply, id: string, code: ErrorCode, detail: string) =>
  reply
    .code(ERRORS[code].status)
    .type(PROBLEM)
    .headers(code === 'unavailable' ? { 'retry-after': String(RETRY_AFTER) } : {})
    .send(documentOf(id, code, detail))

/** For what fails before a route is found: an address that is no valid encoding. */
export const answerMalformed = (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void =>
  void problem(reply.header('x-request-id', request.id), request.id, 'bad-request', error.message)

/** For what is no HTTP request, as one with a method that nobody knows. */
export function answerNoRequest(error: ConnectionError, socket: Socket): void {
  // Who hung up hears nothing more.
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const id = randomUUID()
  const code = UNREADABLE[error.code] ?? 'bad-request'
  const body = JSON.stringify(documentOf(id, code, error.message))
  const { status } = ERRORS[code]
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${PROBLEM}; charset=utf-8`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${id}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/** What the parser of HTTP says of requests that it gives up; all else is malformed. */
const UNREADABLE: Readonly<Record<string, ErrorCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'too-slow',
  HPE_HEADER_OVERFLOW: 'headers-too-large',
}

export function answerErrors(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) => problem(reply, request.id, 'not-found', 'no such address'))
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (isDatabaseAway(error)) return problem(reply, request.id, 'unavailable', 'the database does not answer')
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
