/** Whether a request keeps to the OpenAPI document, judged by the document alone. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Operation, Request, Schema } from './fuzz-requests.ts'

/** `document` as JSON. False of what is judged: a parameter or a body that it does not allow, or one that it does not know. */
export function judge(document: object): (request: Request) => boolean {
  // What stands in an address is text that may mean a number.
  const [text, body] = [new Ajv2020({ strict: false, coerceTypes: true }), new Ajv2020({ strict: false })]
  for (const ajv of [text, body]) {
    addFormats.default(ajv)
    ajv.addSchema({ $id: 'document', ...document })
  }
  const kept = (schema: Schema, raw: string): boolean => {
    const value = decoded(raw)
    return value !== undefined && text.validate(schema, value)
  }
  return ({ operation, url, payload }) => {
    const [path, query = ''] = url.split('?')
    const named = (place: string) => operation.parameters.filter((parameter) => parameter.in === place)
    const inPath = valuesIn(path!, operation)
    const inQuery = new Map(query.split('&').flatMap((pair) => (pair === '' ? [] : [pair.split('=', 2) as [string, string]])))
    if (!named('path').every(({ name, schema }) => kept(schema, inPath[name] ?? ''))) return false
    if (!named('query').every(({ name, schema, required }) => (inQuery.has(name) ? kept(schema, inQuery.get(name)!) : !required)))
      return false
    if ([...inQuery.keys()].some((name) => !named('query').some((parameter) => parameter.name === name))) return false
    const { body: schema } = operation
    if (payload === undefined && operation.bodyOptional) return true
    return schema === undefined || body.validate(schema.$ref ? { $ref: `document${schema.$ref}` } : schema, payload)
  }
}

function valuesIn(path: string, operation: Operation): Readonly<Record<string, string>> {
  const pattern = operation.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]*)')
  return new RegExp(`^${pattern}$`).exec(path)?.groups ?? {}
}

function decoded(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw)
  } catch {
    // No valid encoding of anything.
    return undefined
  }
}
