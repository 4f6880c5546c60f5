/**
 * Translations of one object as bytes: a magic number with the translator's digest, then modules, each with the slots that it fills,
 * then a checksum. What does not read back whole is as good as absent.
 */

import type { TranslatedFunction } from '../translate/module-writer.ts'
import type { CodeMark } from './compiled-code.ts'
import type { TranslationCache } from './cpu.ts'

export interface StoredFunction extends TranslatedFunction {
  /** Checksum of its guest code. */
  readonly sum: number
}
/** A translated module and its functions in the order of their slots. */
export interface StoredModule {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly functions: readonly StoredFunction[]
}

/** All modules of an object, and the machine code that belongs to each. */
export interface Store {
  readonly modules: readonly StoredModule[]
  readonly codes: readonly CodeMark[]
  /** Starts of functions that cannot be translated. */
  readonly refused: readonly number[]
}

type Sum = TranslationCache['sum']

const MAGIC = 0x3454_4742
const GOES = ['here', 'on', 'target'] as const

export function writeStore({ modules, codes, refused }: Store, sumOf: Sum): Uint8Array {
  const words: number[] = [MAGIC, 0, refused.length, ...refused, modules.length]
  for (const [i, { bytes, functions }] of modules.entries()) {
    words.push(bytes.length, codes[i].functions, codes[i].sum, codes[i].value, functions.length)
    for (const { end, sum, entries, groups } of functions) {
      words.push(end, sum, entries.length, ...entries, groups.length)
      for (const { flags, goes } of groups) words.push(flags | (GOES.indexOf(goes) << 8))
    }
  }
  const size = words.length * 4 + modules.reduce((sum, { bytes }) => sum + aligned(bytes.length), 0)
  const out = new Uint8Array(size + 4)
  const view = new DataView(out.buffer)
  words[1] = size
  for (const [i, word] of words.entries()) view.setUint32(i * 4, word, true)
  let at = words.length * 4
  for (const { bytes } of modules) {
    out.set(bytes, at)
    at += aligned(bytes.length)
  }
  view.setUint32(size, sumOf(out.subarray(0, size)), true)
  return out
}

/** Undefined for bytes that `writeStore` did not write, or not all of them. */
export function readStore(bytes: Uint8Array, sumOf: Sum): Store | undefined {
  if (bytes.length < 20) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const size = view.getUint32(4, true)
  if (view.getUint32(0, true) !== MAGIC || size + 4 !== bytes.length) return undefined
  if (view.getUint32(size, true) !== sumOf(bytes.subarray(0, size))) return undefined
  let at = 8
  const word = (): number => {
    const value = view.getUint32(at, true)
    at += 4
    return value
  }
  const shapes: { length: number; functions: StoredFunction[] }[] = []
  const refused = Array.from({ length: word() }, word)
  const codes: CodeMark[] = []
  for (let left = word(); left > 0; left--) {
    const length = word()
    codes.push({ functions: word(), sum: word(), value: word() })
    const functions: StoredFunction[] = []
    for (let more = word(); more > 0; more--) {
      const [end, sum] = [word(), word()]
      const entries = Array.from({ length: word() }, word)
      const groups = Array.from({ length: word() }, () => {
        const group = word()
        return { flags: group & 0xff, goes: GOES[group >>> 8] }
      })
      functions.push({ end, sum, entries, groups })
    }
    shapes.push({ length, functions })
  }
  const modules = shapes.map(({ length, functions }) => {
    const start = at
    at += aligned(length)
    return { bytes: bytes.subarray(start, start + length) as Uint8Array<ArrayBuffer>, functions }
  })
  return { modules, codes, refused }
}

/** Modules begin at whole words. */
const aligned = (length: number): number => (length + 3) & ~3

/** Tells stores apart, by their length and their own sum. */
export const stampOf = (bytes: Uint8Array | undefined): string =>
  bytes === undefined ? '' : `${bytes.length} ${bytes.subarray(-4).join(' ')}`
