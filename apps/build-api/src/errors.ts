/** Every error that a client can meet: code, HTTP status, sentence. */
export const ERRORS = {
  'bad-request': { status: 400, title: 'The request is not valid.' },
  unauthorised: { status: 401, title: 'A valid token is needed.' },
  'under-scoped': { status: 403, title: 'The token lacks the scope that this needs.' },
  'foreign-host': { status: 403, title: 'The request names a host or an origin that is not served here.' },
  'unknown-name': { status: 422, title: 'The request names something that does not exist here.' },
  'not-found': { status: 404, title: 'There is no such thing.' },
  conflict: { status: 409, title: 'The state does not allow this.' },
  'too-slow': { status: 408, title: 'The request did not arrive in time.' },
  'headers-too-large': { status: 431, title: 'The head of the request is larger than allowed.' },
  'range-unsatisfiable': { status: 416, title: 'The range lies outside of the content.' },
  'too-many-requests': { status: 429, title: 'Too many requests; wait before the next.' },
  unavailable: { status: 503, title: 'A part of the service does not answer.' },
  'too-large': { status: 413, title: 'The body is larger than allowed.' },
  'unsupported-type': { status: 415, title: 'The body is of a type that is not read here.' },
  'digest-mismatch': { status: 422, title: 'The content does not have the digest under which it was sent.' },
  'blob-missing': { status: 422, title: 'The store lacks a blob that is named here.' },
  'image-unregistered': { status: 403, title: 'The node image is not registered here, so it does not run.' },
  'not-a-manifest': { status: 422, title: 'The blob is not what it is registered as.' },
  'no-space': { status: 507, title: 'The store has no space left.' },
  internal: { status: 500, title: 'The server failed; the log has the request id.' },
} as const

export type ErrorCode = keyof typeof ERRORS

/** Raised by routes and plugins; the error handler makes the problem document of it. */
export class ApiError extends Error {
  readonly code: ErrorCode
  constructor(code: ErrorCode, detail: string) {
    super(detail)
    this.code = code
  }
}
