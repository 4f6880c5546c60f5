/** Domain names (RFC 1035, 3.1 and 4.1.4): labels behind their lengths in messages, with pointers to earlier names, and text with dots. */

const LABEL_MAX = 63
/** Bytes of a name, lengths and root among them. */
export const NAME_MAX = 255
const POINTER = 0xc0
const SPECIAL = '".;\\()@$'

/** Labels of a name and how many bytes stand for it at its place. */
export interface Read {
  readonly labels: readonly Uint8Array[]
  readonly length: number
}

/** The name at `from` of a message; undefined if it is broken, or points in circles. */
export function readName(message: Uint8Array, from: number): Read | undefined {
  const labels: Uint8Array[] = []
  let at = from
  let length = -1
  let size = 1
  for (let steps = 0; steps < message.length; ) {
    const first = message[at]
    if (first === undefined) return undefined
    if (first === 0) return { labels, length: length < 0 ? at + 1 - from : length }
    if ((first & POINTER) === POINTER) {
      if (at + 1 >= message.length) return undefined
      if (length < 0) length = at + 2 - from
      at = ((first & ~POINTER) << 8) | message[at + 1]
      steps += 2
      continue
    }
    size += first + 1
    if (first > LABEL_MAX || at + 1 + first > message.length || size > NAME_MAX) return undefined
    labels.push(message.slice(at + 1, at + 1 + first))
    at += first + 1
    steps += first + 1
  }
  return undefined
}

/** Bytes that stand for a name; undefined if it does not end. Pointers are not followed. */
export function skipName(message: Uint8Array, from: number): number | undefined {
  for (let at = from; at < message.length; ) {
    const first = message[at++]
    if (first === 0) return at - from
    if ((first & POINTER) === POINTER) return at < message.length ? at + 1 - from : undefined
    if (first > LABEL_MAX) return undefined
    at += first
  }
  return undefined
}

const escaped = (byte: number): string => {
  const char = String.fromCharCode(byte)
  if (SPECIAL.includes(char)) return `\\${char}`
  return byte > 0x20 && byte < 0x7f ? char : `\\${String(byte).padStart(3, '0')}`
}

/** The root is a dot, no other name ends with one. */
export const nameText = (labels: readonly Uint8Array[]): string =>
  labels.length === 0 ? '.' : labels.map((label) => Array.from(label, escaped).join('')).join('.')

/** Labels of a text, and whether it ends with a dot; undefined if it is no name. */
export function parseName(text: string): { readonly labels: readonly Uint8Array[]; readonly whole: boolean } | undefined {
  if (text === '' || text === '.') return { labels: [], whole: text === '.' }
  const labels: number[][] = [[]]
  const parts = text.match(/\\\d{3}|\\\D|[^\\]/gs) ?? []
  if (parts.join('') !== text) return undefined
  for (const part of parts) {
    const byte = part.length === 4 ? Number(part.slice(1)) : part.charCodeAt(part.length - 1)
    if (byte > 255) return undefined
    if (part === '.') labels.push([])
    else labels.at(-1)!.push(byte)
  }
  const whole = labels.at(-1)!.length === 0
  if (whole) labels.pop()
  const size = labels.reduce((sum, label) => sum + label.length + 1, 1)
  if (size > NAME_MAX || labels.some((label) => label.length === 0 || label.length > LABEL_MAX)) return undefined
  return { labels: labels.map((label) => Uint8Array.from(label)), whole }
}

export const wireOf = (labels: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.of(...labels.flatMap((label) => [label.length, ...label]), 0)

const lower = (byte: number): number => (byte >= 65 && byte <= 90 ? byte + 32 : byte)
const sameLabel = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => lower(byte) === lower(b[i]))

/** Where in a message a name stands whose labels are these, of the names that begin at `places`; cases do not count. */
function find(message: Uint8Array, places: readonly number[], labels: readonly Uint8Array[]): number | undefined {
  for (const place of places) {
    for (let at = place; at < 0x4000 && message[at] > 0 && message[at] <= LABEL_MAX; at += message[at] + 1) {
      const found = readName(message, at)?.labels
      if (found?.length === labels.length && found.every((label, i) => sameLabel(label, labels[i]))) return at
    }
  }
  return undefined
}

/** A name as it goes into a message, the end of it as a pointer to an earlier one where there is such. */
export function packName(
  labels: readonly Uint8Array[],
  message: Uint8Array,
  places: readonly number[],
): { readonly bytes: Uint8Array; readonly fresh: boolean } {
  const out: number[] = []
  for (const [i, label] of labels.entries()) {
    const at = find(message, places, labels.slice(i))
    if (at !== undefined) return { bytes: Uint8Array.of(...out, ((POINTER << 8) | at) >> 8, at & 0xff), fresh: i > 0 }
    out.push(label.length, ...label)
  }
  return { bytes: Uint8Array.of(...out, 0), fresh: labels.length > 0 }
}
