/** Structs as look-ups give them: the struct where the caller wants it, and what it points at behind one another in a buffer. */
import type { LibcCall } from '../registry/call.ts'

/** A member: int and long are 4 and 8 bytes, a text is a pointer (null where there is none), a list a vector of pointers that ends with a null. */
export type Field =
  | readonly [at: number, kind: 'int', value: number]
  | readonly [at: number, kind: 'long', value: number]
  | readonly [at: number, kind: 'text', value: string | undefined]
  | readonly [at: number, kind: 'list', value: readonly (string | Uint8Array)[]]

const POINTER = 8
const encoder = new TextEncoder()
const bytesOf = (value: string | Uint8Array): Uint8Array => (typeof value === 'string' ? encoder.encode(`${value}\0`) : value)

/** Bytes of a buffer that holds what the fields point at, wherever it begins. */
export function roomFor(fields: readonly Field[]): number {
  let size = POINTER
  for (const [, kind, value] of fields) {
    if (kind === 'text' && value !== undefined) size += bytesOf(value).length
    if (kind === 'list') for (const each of value) size += POINTER + bytesOf(each).length
    if (kind === 'list') size += POINTER
  }
  return size
}

/** Fills the struct at `out`; false if the buffer is too small. Vectors come first, for their alignment. */
export function place(c: LibcCall, fields: readonly Field[], out: number, buffer: number, size: number): boolean {
  const { memory } = c
  const end = buffer + size
  let free = Math.ceil(buffer / POINTER) * POINTER
  const vectors = new Map<Field, number>()
  for (const field of fields) {
    if (field[1] !== 'list') continue
    vectors.set(field, free)
    free += POINTER * (field[2].length + 1)
  }
  if (free > end) return false
  const put = (value: string | Uint8Array): number => {
    const bytes = bytesOf(value)
    const at = free
    free += bytes.length
    if (free > end) return 0
    memory.u8.set(bytes, at)
    return at
  }
  for (const field of fields) {
    const [at, kind, value] = field
    if (kind === 'int') memory.setI32(out + at, value)
    else if (kind === 'long') memory.setU64(out + at, BigInt.asUintN(64, BigInt(value)))
    else if (kind === 'text') memory.setSize(out + at, value === undefined ? 0 : put(value))
    else {
      const vector = vectors.get(field)!
      for (const [i, each] of value.entries()) memory.setSize(vector + POINTER * i, put(each))
      memory.setSize(vector + POINTER * value.length, 0)
      memory.setSize(out + at, vector)
    }
    if (free > end) return false
  }
  return true
}
