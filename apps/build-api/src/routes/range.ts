/** Bytes with ranges (RFC 9110, section 14): one range, from a start, or the last so many. */
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../errors.ts'

export function sendRange(
  request: FastifyRequest,
  reply: FastifyReply,
  size: number,
  read: (start: number, end: number) => AsyncIterable<Uint8Array>,
): FastifyReply {
  reply.header('accept-ranges', 'bytes')
  const range = rangeOf(request.headers.range, size)
  const [start, end] = range ?? [0, size]
  reply.header('content-length', end - start)
  if (range) reply.code(206).header('content-range', `bytes ${start}-${end - 1}/${size}`)
  // A head, too, is sent with a stream: of none at all Fastify says that the length is 0.
  return reply.send(Readable.from(request.method === 'HEAD' ? [] : read(start, end), { objectMode: false }))
}

/** [start, end) or undefined for everything: a header that is none of these is ignored, as the RFC says. @throws ApiError */
export function rangeOf(header: string | undefined, size: number): [number, number] | undefined {
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '')
  if (!found || (found[1] === '' && found[2] === '')) return undefined
  const [first, last] = [found[1]!, found[2]!]
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1)
  if (start >= size || end <= start) throw new ApiError('range-unsatisfiable', `the content has ${size} bytes`)
  return [start, end]
}
