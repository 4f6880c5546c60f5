/** Requests made from the OpenAPI document: valid ones, and ones with something wrong. A seed gives the same requests again. */
import { sha256 } from '@bootgraph/build-graph'

export interface Operation {
  readonly method: string
  readonly path: string
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema: Schema }[]
  readonly body: Schema | undefined
  /** Whether the body may be absent. */
  readonly bodyOptional: boolean
  /** Type of a body that is no JSON. */
  readonly consumes: string | undefined
  /** What a token needs for it; undefined: whoever reaches the server may ask. */
  readonly scope: string | undefined
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>>
}
export interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly enum?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly format?: string
}
export interface Request {
  readonly operation: Operation
  readonly url: string
  /** Bytes where the operation takes no JSON. */
  readonly payload: unknown
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Raw>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}
interface Raw {
  readonly parameters?: Operation['parameters']
  readonly security?: readonly { readonly token: readonly string[] }[]
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly responses: Operation['responses']
}

/** Numbers in [0, 1): mulberry32. */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const HOSTILE = [
  '',
  '0',
  '-1',
  '1e99',
  '..%2F..%2Fetc%2Fpasswd',
  '%00',
  "'; DROP TABLE unit; --",
  '\u{1F600}',
  'a'.repeat(900),
  'NaN',
  '%E0%A4%A',
  '{}',
  'null',
]

export class Fuzzer {
  readonly operations: readonly Operation[]
  readonly #schemas: Readonly<Record<string, Schema>>
  readonly #next: () => number
  /** Names of things that exist, by parameter. */
  readonly #known: Readonly<Record<string, readonly string[]>>

  constructor(document: Document, known: Readonly<Record<string, readonly string[]>>, seed: number) {
    this.#schemas = document.components.schemas
    this.#next = random(seed)
    this.#known = known
    this.operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, raw]) => ({
        method: method.toUpperCase(),
        path,
        parameters: raw.parameters ?? [],
        body: raw.requestBody?.content['application/json']?.schema,
        bodyOptional: raw.requestBody?.required === false,
        consumes: Object.keys(raw.requestBody?.content ?? {}).find((type) => type !== 'application/json'),
        scope: raw.security?.[0]?.token[0],
        responses: raw.responses,
      })),
    )
  }

  request(): Request {
    return this.requestOf(this.#pick(this.operations), this.#next() < 0.4)
  }

  requestOf(operation: Operation, wrong = false): Request {
    const bytes = operation.consumes && this.#bytes()
    const value = (name: string, schema: Schema): string => {
      if (wrong && this.#next() < 0.5) return this.#pick(HOSTILE)
      if (bytes && name === 'digest' && this.#next() < 0.8) return sha256(bytes)
      const known = this.#known[name]
      return encodeURIComponent(known && this.#next() < 0.8 ? this.#pick(known) : String(this.value(schema)))
    }
    let url = operation.path
    const query: string[] = []
    for (const { name, in: place, required, schema } of operation.parameters) {
      if (place === 'path') url = url.replace(`{${name}}`, value(name, schema))
      else if (place === 'query' && (required || this.#next() < 0.4)) query.push(`${name}=${value(name, schema)}`)
    }
    if (wrong && this.#next() < 0.2) query.push('unknown=1')
    const absent = operation.bodyOptional && this.#next() < 0.2
    const body = absent ? undefined : operation.body && this.value(operation.body)
    const payload = bytes ?? (wrong && body !== undefined ? this.#spoil(body) : body)
    return { operation, url: query.length > 0 ? `${url}?${query.join('&')}` : url, payload }
  }

  resolve(schema: Schema): Schema {
    return schema.$ref === undefined ? schema : this.#schemas[schema.$ref.split('/').at(-1)!]!
  }

  value(given: Schema): unknown {
    const schema = this.resolve(given)
    if (schema.enum) return this.#pick(schema.enum)
    switch (schema.type) {
      case 'integer':
      case 'number': {
        const least = schema.minimum ?? 0
        return least + Math.floor(this.#next() * Math.min((schema.maximum ?? 1000) - least + 1, 1000))
      }
      case 'boolean':
        return this.#next() < 0.5
      case 'array':
        return Array.from({ length: (schema.minItems ?? 0) + Math.floor(this.#next() * 2) }, () => this.value(schema.items ?? {}))
      case 'object':
        return Object.fromEntries(
          Object.entries(schema.properties ?? {})
            .filter(([name]) => schema.required?.includes(name) || this.#next() < 0.5)
            .map(([name, member]) => [name, this.value(member)]),
        )
      default:
        return this.#text(schema)
    }
  }

  #text({ pattern, format }: Schema): string {
    if (format === 'date-time') return new Date(Date.UTC(2026, 0, 1) + Math.floor(this.#next() * 1e10)).toISOString()
    if (format === 'uri') return 'http://127.0.0.1:8/hook'
    const hex = Array.from({ length: 64 }, () => '0123456789abcdef'[Math.floor(this.#next() * 16)]).join('')
    if (pattern?.includes('{64}')) return hex
    const words = /^\^\(([\w|-]+)\)\(,/.exec(pattern ?? '')?.[1]
    if (words !== undefined) return this.#pick(words.split('|'))
    if (pattern?.includes('latest')) return this.#pick(['latest', 'full', '2019-11-27', '1999-01-01'])
    return hex.slice(0, 1 + Math.floor(this.#next() * 12))
  }

  #bytes(): Uint8Array {
    return Uint8Array.from({ length: Math.floor(this.#next() * 300) }, () => Math.floor(this.#next() * 256))
  }

  #spoil(body: unknown): unknown {
    const kinds = [null, [], 'text', 7, { unknown: true }]
    if (typeof body !== 'object' || body === null || this.#next() < 0.3) return this.#pick(kinds)
    const names = Object.keys(body)
    const name = names.length > 0 ? this.#pick(names) : 'unknown'
    return { ...body, [name]: this.#pick([null, -1, 1e300, '', '\u0000', '\ud800', [[]], { a: { b: 1 } }, 'x'.repeat(3000)]) }
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#next() * list.length)]!
  }
}
