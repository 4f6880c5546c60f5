/** The character set of the calling thread's locale: ASCII in C, UTF-8 in C.UTF-8. */
import type { LibcCall } from '../../registry/call.ts'
import { isUtf8 } from '../locale/current.ts'
import { decode, encode } from './utf8.ts'

/** As decode. In the C locale a byte above ASCII is no character. */
export function decodeIn(c: LibcCall, bytes: Uint8Array): ReturnType<typeof decode> {
  if (isUtf8(c)) return decode(bytes)
  if (bytes.length === 0) return -2
  return bytes[0] < 128 ? { code: bytes[0], length: 1 } : -1
}

export function encodeIn(c: LibcCall, code: number): Uint8Array | undefined {
  return isUtf8(c) || code < 128 ? encode(code) : undefined
}
