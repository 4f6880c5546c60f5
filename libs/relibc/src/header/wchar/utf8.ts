/** UTF-8 as mbrtowc reads it (Unicode 15 table 3-7: no overlong forms, no surrogates). */

/** -1: not UTF-8. -2: the start of a character. Else its code and how many bytes it took. */
export function decode(bytes: Uint8Array): { code: number; length: number } | -1 | -2 {
  if (bytes.length === 0) return -2
  const first = bytes[0]
  if (first < 0x80) return { code: first, length: 1 }
  const length = first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0
  if (length === 0) return -1
  let code = first & (0x7f >> length)
  for (let i = 1; i < length; i++) {
    if (i >= bytes.length) return -2
    const low = i === 1 ? (first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80) : 0x80
    const high = i === 1 ? (first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf) : 0xbf
    if (bytes[i] < low || bytes[i] > high) return -1
    code = (code << 6) | (bytes[i] & 0x3f)
  }
  return { code, length }
}

/** The bytes of a character, or undefined if it is none. */
export const encode = (code: number): Uint8Array | undefined =>
  code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? undefined : new TextEncoder().encode(String.fromCodePoint(code))
