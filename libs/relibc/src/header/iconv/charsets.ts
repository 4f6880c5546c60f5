/** Character sets that iconv knows: decoding one character from bytes, encoding one code point. */
import { decode as decodeUtf8, encode as encodeUtf8 } from '../wchar/utf8.ts'

/** A character and its bytes; -1: no character begins here; -2: it is cut off. */
export type Decoded = { readonly code: number; readonly length: number } | -1 | -2

export interface Charset {
  decode(bytes: Uint8Array): Decoded
  /** undefined: the set has no such character. */
  encode(code: number): Uint8Array | undefined
  /** The set of the other byte order, which a byte order mark in front of the text tells apart; text made begins with a mark. */
  readonly swapped?: Charset
}

const single = (limit: number): Charset => ({
  decode: (bytes) => (bytes.length === 0 ? -2 : bytes[0] < limit ? { code: bytes[0], length: 1 } : -1),
  encode: (code) => (code < limit ? Uint8Array.of(code) : undefined),
})

const NONE = '\ufffd'

/** A set of single bytes: ASCII, and behind it the characters of `upper`; U+FFFD: none. */
function table(upper: string): Charset {
  const codes = [...Array(128).keys(), ...Array.from(upper, (each) => each.codePointAt(0)!)]
  const bytes = new Map(codes.map((code, byte) => [code, byte]))
  bytes.delete(NONE.codePointAt(0)!)
  return {
    decode([byte]) {
      if (byte === undefined) return -2
      return bytes.has(codes[byte]) ? { code: codes[byte], length: 1 } : -1
    },
    encode(code) {
      const byte = bytes.get(code)
      return byte === undefined ? undefined : Uint8Array.of(byte)
    },
  }
}

/** Latin-1's upper half with other characters at some places. */
const latinBut = (changes: Readonly<Record<number, string>>): string =>
  Array.from({ length: 128 }, (_, i) => changes[i + 128] ?? String.fromCharCode(i + 128)).join('')

const LATIN9 = { 164: '€', 166: 'Š', 168: 'š', 180: 'Ž', 184: 'ž', 188: 'Œ', 189: 'œ', 190: 'Ÿ' }
const WINDOWS = `€${NONE}‚ƒ„…†‡ˆ‰Š‹Œ${NONE}Ž${NONE}${NONE}‘’“”•–—˜™š›œ${NONE}žŸ`
const KOI8 =
  '─│┌┐└┘├┤┬┴┼▀▄█▌▐░▒▓⌠■∙√≈≤≥\u00a0⌡°²·÷═║╒ё╓╔╕╖╗╘╙╚╛╜╝╞╟╠╡Ё╢╣╤╥╦╧╨' +
  '╩╪╫╬©юабцдефгхийклмнопярстужвьызшэщчъЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ'

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
  utf16: { ...utf16(true), swapped: utf16(false) },
  utf32: { ...utf32(true), swapped: utf32(false) },
  latin9: table(latinBut(LATIN9)),
  windows: table(WINDOWS + latinBut({}).slice(WINDOWS.length)),
  koi8: table(KOI8),
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
  utf16: 'utf16',
  utf32: 'utf32',
  iso885915: 'latin9',
  latin9: 'latin9',
  cp1252: 'windows',
  windows1252: 'windows',
  koi8r: 'koi8',
}

/** In this order a descriptor numbers them. */
const ORDER = Object.keys(SETS)

/** Number of a set by its name; -1 if there is none. Empty = the locale's. */
export const charsetNumber = (name: string): number => ORDER.indexOf(NAMES[name.toLowerCase().replace(/[^a-z0-9]/g, '')] ?? '')
export const charset = (number: number): Charset | undefined => SETS[ORDER[number]]
