/** The character set of the calling thread's locale: ASCII in C, UTF-8 in C.UTF-8; that with codes of 31 bits in up to six bytes, as in glibc. */
import type { LibcCall } from '../../registry/call.ts'
import { isUtf8 } from '../locale/current.ts'
import { type decode, encode } from './utf8.ts'

/** Most bytes of one character. */
export const LONGEST = 6
const CONTINUED = 0x80

/** As decode, up to 31 bits; what a sequence of bytes stands for is judged when it is whole. */
export function decodeLong(bytes: Uint8Array): ReturnType<typeof decode> {
  if (bytes.length === 0) return -2
  const [first] = bytes
  if (first < CONTINUED) return { code: first, length: 1 }
  const length = Math.clz32(~first << 24)
  if (first < 0xc2 || length > LONGEST) return -1
  let code = first & (0x7f >> length)
  for (const byte of bytes.subarray(1, length)) {
    if ((byte & 0xc0) !== CONTINUED) return -1
    code = (code << 6) | (byte & 0x3f)
  }
  if (bytes.length < length) return -2
  const short = length > 2 && code >>> (5 * length - 4) === 0
  return short || (code >= 0xd800 && code < 0xe000) ? -1 : { code, length }
}

/** Bytes of a character of 31 bits; undefined if it is none. */
export function encodeLong(code: number): Uint8Array | undefined {
  if (code <= 0x10ffff || code > 0x7fff_ffff) return encode(code)
  const length = code < 0x20_0000 ? 4 : code < 0x400_0000 ? 5 : 6
  const bytes = Uint8Array.from({ length }, (_, i) => CONTINUED | ((code >>> (6 * (length - 1 - i))) & 0x3f))
  bytes[0] |= (0xff00 >> length) & 0xff
  return bytes
}

/** As decode. In the C locale a byte above ASCII is no character. */
export function decodeIn(c: LibcCall, bytes: Uint8Array): ReturnType<typeof decode> {
  if (isUtf8(c)) return decodeLong(bytes)
  if (bytes.length === 0) return -2
  return bytes[0] < 128 ? { code: bytes[0], length: 1 } : -1
}

export function encodeIn(c: LibcCall, code: number): Uint8Array | undefined {
  if (isUtf8(c)) return encodeLong(code)
  return code < 128 ? encode(code) : undefined
}
