/** Shapes that several resources share. A schema's title is its name in the OpenAPI document. */
import { type TProperties, type TSchema, Type } from 'typebox'

/** An object without members beyond those named. */
export const shape = <T extends TProperties>(title: string, members: T) => Type.Object(members, { title, additionalProperties: false })
/** Unnamed: parameters and queries. */
export const fields = <T extends TProperties>(members: T) => Type.Object(members, { additionalProperties: false })
/** Whether a body may as well be absent: none of its members is required. */
export const needsNothing = (body: TSchema | undefined): boolean =>
  body !== undefined && 'properties' in body && (!('required' in body) || (body.required as readonly string[]).length === 0)
export const oneOf = <T extends readonly string[]>(words: T) => Type.Unsafe<T[number]>({ type: 'string', enum: [...words] })
/** Words joined by commas, as one parameter of a query. */
export const someOf = (words: readonly string[]) =>
  Type.String({
    pattern: `^(${words.join('|')})(,(${words.join('|')}))*$`,
    maxLength: 500,
    description: `joined by commas: ${words.join(', ')}`,
  })

export const Digest = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256, lower-case hex' })
export const Id = Type.String({ pattern: '^[0-9A-Za-z_-]{1,64}$' })
export const Time = Type.String({ format: 'date-time' })
export const Count = Type.Integer({ minimum: 0 })
export const Milliseconds = Type.Number({ minimum: 0 })
export const Word = Type.String({ minLength: 1, maxLength: 200 })
export const Text = Type.String({ maxLength: 2000 })
export const Linkage = oneOf(['static', 'dynamic'] as const)
export const Mode = oneOf(['strict', 'bridge'] as const)
export const SurfaceName = Type.String({
  pattern: '^(latest|full|\\d{4}-\\d{2}-\\d{2})$',
  description: 'a date, latest, or full: everything that the model has',
})

export const Page = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 300, description: 'opaque; what the page before gave as next' })),
}
/** One page of a list; without `next` it is the last. */
export const paged = <T extends TSchema>(title: string, item: T) =>
  shape(title, { items: Type.Array(item), next: Type.Optional(Type.String()) })

export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String(),
    detail: Type.String(),
    requestId: Type.String(),
    where: Type.Optional(Type.String({ description: 'the part of the request that is wrong' })),
  },
  { title: 'Problem' },
)

/** Position in the stream of events: a snapshot holds everything up to it. */
export const AsOf = Type.Integer({ minimum: 0, description: 'open the event stream from here' })
