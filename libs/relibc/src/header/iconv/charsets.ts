/** Character sets that iconv knows: decoding one character from bytes, encoding one code point. */
import { decode as decodeUtf8, encode as encodeUtf8 } from '../wchar/utf8.ts'

/** A character and its bytes; -1: no character begins here; -2: it is cut off. */
export type Decoded = { readonly code: number; readonly length: number } | -1 | -2

export interface Charset {
  decode(bytes: Uint8Array): Decoded
  /** undefined: the set has no such character. */
  encode(code: number): Uint8Array | undefined
}

const single = (limit: number): Charset => ({
  decode: (bytes) => (bytes.length === 0 ? -2 : bytes[0] < limit ? { code: bytes[0], length: 1 } : -1),
  encode: (code) => (code < limit ? Uint8Array.of(code) : undefined),
})

const isSurrogate = (code: number): boolean => code >= 0xd800 && code < 0xe000

function utf16(little: boolean): Charset {
  const unit = (bytes: Uint8Array, at: number): number => (little ? bytes[at] | (bytes[at + 1] << 8) : (bytes[at] << 8) | bytes[at + 1])
  return {
    decode(bytes) {
      if (bytes.length < 2) return -2
      const first = unit(bytes, 0)
      if (!isSurrogate(first)) return { code: first, length: 2 }
      if (first >= 0xdc00) return -1
      if (bytes.length < 4) return -2
      const second = unit(bytes, 2)
      return second >= 0xdc00 && second < 0xe000 ? { code: 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00), length: 4 } : -1
    },
    encode(code) {
      if (isSurrogate(code) || code > 0x10ffff) return undefined
      const units = code < 0x10000 ? [code] : [0xd800 + ((code - 0x10000) >> 10), 0xdc00 + ((code - 0x10000) & 0x3ff)]
      return Uint8Array.from(units.flatMap((each) => (little ? [each & 255, each >> 8] : [each >> 8, each & 255])))
    },
  }
}

function utf32(little: boolean): Charset {
  return {
    decode(bytes) {
      if (bytes.length < 4) return -2
      const view = new DataView(bytes.buffer, bytes.byteOffset, 4)
      const code = view.getUint32(0, little)
      return code > 0x10ffff || isSurrogate(code) ? -1 : { code, length: 4 }
    },
    encode(code) {
      if (isSurrogate(code) || code > 0x10ffff) return undefined
      const bytes = new Uint8Array(4)
      new DataView(bytes.buffer).setUint32(0, code, little)
      return bytes
    },
  }
}

const SETS: Readonly<Record<string, Charset>> = {
  ascii: single(128),
  latin1: single(256),
  utf8: { decode: decodeUtf8, encode: encodeUtf8 },
  utf16le: utf16(true),
  utf16be: utf16(false),
  utf32le: utf32(true),
  utf32be: utf32(false),
}

/** Names without case and punctuation, as iconv_open takes them. */
const NAMES: Readonly<Record<string, string>> = {
  ansix341968: 'ascii',
  ascii: 'ascii',
  usascii: 'ascii',
  iso646us: 'ascii',
  '646': 'ascii',
  iso88591: 'latin1',
  latin1: 'latin1',
  l1: 'latin1',
  utf8: 'utf8',
  utf16le: 'utf16le',
  ucs2le: 'utf16le',
  utf16be: 'utf16be',
  ucs2be: 'utf16be',
  utf32le: 'utf32le',
  ucs4le: 'utf32le',
  wchart: 'utf32le',
  utf32be: 'utf32be',
  ucs4: 'utf32be',
  ucs4be: 'utf32be',
}

/** In this order a descriptor numbers them. */
const ORDER = Object.keys(SETS)

/** Number of a set by its name; -1 if there is none. Empty = the locale's. */
export const charsetNumber = (name: string): number => ORDER.indexOf(NAMES[name.toLowerCase().replace(/[^a-z0-9]/g, '')] ?? '')
export const charset = (number: number): Charset | undefined => SETS[ORDER[number]]
