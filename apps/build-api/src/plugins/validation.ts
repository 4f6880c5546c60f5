/** What comes in is held against the contract: queries and parameters are text that may mean numbers, bodies are what they say. */

import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifyInstance } from 'fastify'

const options = { useDefaults: true, removeAdditional: false, allErrors: false, strict: false } as const

export function validate(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  // A body of no bytes is absent, though many clients name its type.
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) =>
    text === '' ? done(null) : parse(request, text, done),
  )
  const [text, body] = [new Ajv2020({ ...options, coerceTypes: true }), new Ajv2020(options)]
  for (const ajv of [text, body]) addFormats.default(ajv)
  app.setValidatorCompiler(({ schema, httpPart }) => {
    const check = (httpPart === 'body' ? body : text).compile(schema as object)
    return (data: unknown) => {
      const fault = faultOf(data)
      if (fault !== undefined) return { error: new Error(`${httpPart} ${fault}`) }
      if (check(data)) return { value: data }
      const [first] = check.errors ?? []
      return { error: new Error(`${httpPart}${first?.instancePath.replaceAll('/', '.') ?? ''} ${first?.message ?? 'is not valid'}`) }
    }
  })
}

/** Levels of lists and objects within one another. */
const DEPTH_LIMIT = 64

/**
 * Why nothing can be made of a value, whatever it means: PostgreSQL keeps no NUL, UTF-8 has no lone surrogates, and what is nested without
 * end exhausts whoever walks it. Streams are not looked into.
 */
function faultOf(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'string')
    return value.isWellFormed() && !value.includes('\0') ? undefined : 'holds text that is no valid Unicode, or NUL'
  if (typeof value !== 'object' || value === null || 'pipe' in value) return undefined
  if (depth === DEPTH_LIMIT) return `is nested deeper than ${DEPTH_LIMIT} levels`
  for (const [key, member] of Object.entries(value)) {
    const fault = faultOf(key) ?? faultOf(member, depth + 1)
    if (fault !== undefined) return fault
  }
  return undefined
}
