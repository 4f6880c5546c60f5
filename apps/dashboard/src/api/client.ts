/** The typed client of the API, made from its OpenAPI document. What is no success is thrown as the server's own problem. */

import type { components, paths } from '@bootgraph/build-graph/api'
import createClient from 'openapi-fetch'
import { hearServerTime } from './clock.ts'

export type Schema = components['schemas']

/** A problem document (RFC 9457) as an error; its message is the sentence for people. */
export class ProblemError extends Error {
  readonly status: number
  readonly code: string | undefined
  readonly requestId: string | undefined
  constructor(status: number, document: Partial<Schema['Problem']>) {
    super([document.title, document.detail].filter(Boolean).join(' ') || `The server answered with HTTP ${status}.`)
    this.status = status
    this.code = document.code
    this.requestId = document.requestId
  }
}

export const api = createClient<paths>({ baseUrl: `${location.origin}/api/v1` })
api.use({
  onResponse({ response }) {
    hearServerTime(response.headers.get('date'))
  },
})

interface Answer<T> {
  readonly data?: T
  readonly error?: unknown
  readonly response: Response
}

/** @throws ProblemError */
export async function ask<T>(asking: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asking
  if (error !== undefined || data === undefined)
    throw new ProblemError(response.status, typeof error === 'object' && error !== null ? error : {})
  return data
}
