/** What comes in is held against the contract: queries and parameters are text that may mean numbers, bodies are what they say. */

import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifyInstance } from 'fastify'

const options = { useDefaults: true, removeAdditional: false, allErrors: false, strict: false } as const

export function validate(app: FastifyInstance): void {
  const [text, body] = [new Ajv2020({ ...options, coerceTypes: true }), new Ajv2020(options)]
  for (const ajv of [text, body]) addFormats.default(ajv)
  app.setValidatorCompiler(({ schema, httpPart }) => {
    const check = (httpPart === 'body' ? body : text).compile(schema as object)
    return (data: unknown) => {
      if (!storable(data)) return { error: new Error(`${httpPart} holds text that is no valid Unicode, or NUL`) }
      if (check(data)) return { value: data }
      const [first] = check.errors ?? []
      return { error: new Error(`${httpPart}${first?.instancePath.replaceAll('/', '.') ?? ''} ${first?.message ?? 'is not valid'}`) }
    }
  })
}

/** PostgreSQL keeps no NUL and UTF-8 has no lone surrogates. Streams are not looked into. */
function storable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0')
  if (Array.isArray(value)) return value.every(storable)
  if (typeof value !== 'object' || value === null || 'pipe' in value) return true
  return Object.entries(value).every(([key, member]) => storable(key) && storable(member))
}
