/** Zone files: TZif of RFC 8536. Any bytes give a zone or undefined. */
import { type Local, parseRules, type Zone } from './zone.ts'

const MAGIC = 0x545a_6966
const HEADER = 44
const COUNT_MAX = 100_000

interface Counts {
  readonly version: number
  readonly indicatorsUtc: number
  readonly indicatorsStandard: number
  readonly leaps: number
  readonly times: number
  readonly types: number
  readonly letters: number
}

function counts(view: DataView, at: number): Counts | undefined {
  if (at + HEADER > view.byteLength || view.getUint32(at) !== MAGIC) return undefined
  const word = (i: number): number => view.getUint32(at + 20 + 4 * i)
  const found = {
    version: view.getUint8(at + 4),
    indicatorsUtc: word(0),
    indicatorsStandard: word(1),
    leaps: word(2),
    times: word(3),
    types: word(4),
    letters: word(5),
  }
  return [found.leaps, found.times, found.types, found.letters].some((n) => n > COUNT_MAX) || found.types === 0 ? undefined : found
}

/** Bytes of a data block whose times take `width` bytes. */
const blockSize = (c: Counts, width: number): number =>
  c.times * (width + 1) + c.types * 6 + c.letters + c.leaps * (width + 4) + c.indicatorsStandard + c.indicatorsUtc

function block(view: DataView, at: number, c: Counts, width: 4 | 8): { times: number[]; kinds: number[]; types: Local[] } | undefined {
  if (at + blockSize(c, width) > view.byteLength) return undefined
  const time = (i: number): number => (width === 8 ? Number(view.getBigInt64(at + 8 * i)) : view.getInt32(at + 4 * i))
  const kindsAt = at + c.times * width
  const typesAt = kindsAt + c.times
  const lettersAt = typesAt + c.types * 6
  const name = (from: number): string => {
    let text = ''
    for (let i = lettersAt + from; i < lettersAt + c.letters && view.getUint8(i) !== 0; i++) text += String.fromCharCode(view.getUint8(i))
    return text
  }
  const types = Array.from({ length: c.types }, (_, i) => ({
    offset: view.getInt32(typesAt + 6 * i),
    summer: view.getUint8(typesAt + 6 * i + 4) !== 0,
    name: name(view.getUint8(typesAt + 6 * i + 5)),
  }))
  const kinds = Array.from({ length: c.times }, (_, i) => view.getUint8(kindsAt + i))
  if (kinds.some((kind) => kind >= c.types)) return undefined
  return { times: Array.from({ length: c.times }, (_, i) => time(i)), kinds, types }
}

export function parseZoneFile(bytes: Uint8Array): Zone | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const first = counts(view, 0)
  if (first === undefined) return undefined
  const secondAt = HEADER + blockSize(first, 4)
  const second = first.version >= 0x32 ? counts(view, secondAt) : undefined
  const found = second === undefined ? block(view, HEADER, first, 4) : block(view, secondAt + HEADER, second, 8)
  if (found === undefined) return undefined
  const footerAt = second === undefined ? bytes.length : secondAt + HEADER + blockSize(second, 8)
  const footer = String.fromCharCode(...bytes.subarray(footerAt, footerAt + 200)).split('\n')[1] ?? ''
  const rules = footer === '' ? undefined : parseRules(footer)
  const { times, kinds, types } = found
  const initial = types.find((type) => !type.summer) ?? types[0]
  const at = (time: number): Local => {
    if (times.length === 0 || time < times[0]) return times.length === 0 && rules ? rules.at(time) : initial
    if (time >= times[times.length - 1] && rules) return rules.at(time)
    let [low, high] = [0, times.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (times[middle] <= time) low = middle
      else high = middle
    }
    return types[kinds[low]]
  }
  const used = kinds.map((kind) => types[kind])
  const standard = rules?.standard ?? used.findLast((type) => !type.summer) ?? initial
  return { at, standard, daylight: rules?.daylight ?? used.findLast((type) => type.summer) }
}
