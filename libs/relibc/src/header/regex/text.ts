/** Text as a pattern sees it: characters of the locale's set, and where each lies among the bytes. */
import { decode } from '../wchar/utf8.ts'

/** A byte that is no character stands behind all of them: in the C locale those above ASCII, in UTF-8 what does not decode. */
export const RAW = 0x11_0000

export interface Text {
  readonly codes: ArrayLike<number>
  /** Byte offset of a character's place; undefined where places are bytes. */
  readonly offsets: Uint32Array | undefined
}

export function textOf(bytes: Uint8Array, utf8: boolean): Text {
  if (bytes.every((byte) => byte < 0x80)) return { codes: bytes, offsets: undefined }
  if (!utf8) return { codes: Uint32Array.from(bytes, (byte) => (byte < 0x80 ? byte : RAW + byte)), offsets: undefined }
  const codes = new Uint32Array(bytes.length)
  const offsets = new Uint32Array(bytes.length + 1)
  let count = 0
  for (let at = 0; at < bytes.length; ) {
    const found = bytes[at] < 0x80 ? { code: bytes[at], length: 1 } : decode(bytes.subarray(at, at + 4))
    offsets[count] = at
    codes[count++] = typeof found === 'number' ? RAW + bytes[at] : found.code
    at += typeof found === 'number' ? 1 : found.length
  }
  offsets[count] = bytes.length
  return { codes: codes.subarray(0, count), offsets: offsets.subarray(0, count + 1) }
}

export const byteAt = (text: Text, place: number): number => text.offsets?.[place] ?? place

/** The first place at or behind a byte. */
export function placeOf(text: Text, byte: number): number {
  const { offsets } = text
  if (offsets === undefined) return byte
  let [low, high] = [0, offsets.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (offsets[middle] < byte) low = middle + 1
    else high = middle
  }
  return low
}
