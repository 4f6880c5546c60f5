/** Character classes of the C locale, and the tables that linux-gnu programs index themselves (LSB core, __ctype_b_loc). */

/** Bits of a class word as a little-endian program reads them. */
export const Class = {
  upper: 0x100,
  lower: 0x200,
  alpha: 0x400,
  digit: 0x800,
  xdigit: 0x1000,
  space: 0x2000,
  print: 0x4000,
  graph: 0x8000,
  blank: 0x1,
  cntrl: 0x2,
  punct: 0x4,
  alnum: 0x8,
} as const

const within = (byte: number, first: string, last: string): boolean => byte >= first.charCodeAt(0) && byte <= last.charCodeAt(0)

/** The class bits of one byte; none above ASCII. */
export function classesOf(byte: number): number {
  if (byte >= 0x80 || byte < 0) return 0
  let bits = 0
  if (within(byte, 'A', 'Z')) bits |= Class.upper
  if (within(byte, 'a', 'z')) bits |= Class.lower
  if (bits !== 0) bits |= Class.alpha
  if (within(byte, '0', '9')) bits |= Class.digit
  if (bits !== 0) bits |= Class.alnum
  if (bits & Class.digit || within(byte, 'A', 'F') || within(byte, 'a', 'f')) bits |= Class.xdigit
  if (byte === 0x20 || within(byte, '\t', '\r')) bits |= Class.space
  if (byte === 0x20 || byte === 0x09) bits |= Class.blank
  if (within(byte, ' ', '~')) bits |= Class.print
  if (within(byte, '!', '~')) bits |= Class.graph
  if (bits & Class.graph && !(bits & Class.alnum)) bits |= Class.punct
  if (byte < 0x20 || byte === 0x7f) bits |= Class.cntrl
  return bits
}

export const toLower = (byte: number): number => (within(byte, 'A', 'Z') ? byte + 32 : byte)
export const toUpper = (byte: number): number => (within(byte, 'a', 'z') ? byte - 32 : byte)

/** Tables run from -128 to 255: a program may index them with a signed char. */
export const TABLE_START = 128
const TABLE_LENGTH = 384

export function classTable(): Uint8Array {
  const out = new DataView(new ArrayBuffer(TABLE_LENGTH * 2))
  for (let byte = 0; byte < 128; byte++) out.setUint16((TABLE_START + byte) * 2, classesOf(byte), true)
  return new Uint8Array(out.buffer)
}

/** EOF (-1) maps to itself; other negative characters to the byte that they are. */
export function caseTable(change: (byte: number) => number): Uint8Array {
  const out = new DataView(new ArrayBuffer(TABLE_LENGTH * 4))
  for (let i = 0; i < TABLE_LENGTH; i++) {
    const char = i - TABLE_START
    out.setInt32(i * 4, char === -1 ? -1 : change(char & 0xff), true)
  }
  return new Uint8Array(out.buffer)
}
