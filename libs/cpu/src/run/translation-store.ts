/**
 * Translations of one object as bytes: a magic number with the translator's digest, then modules, each with the slots that it fills,
 * then a checksum. What does not read back whole is as good as absent.
 */

import type { TranslatedFunction } from '../translate/module-writer.ts'

export interface StoredFunction extends TranslatedFunction {
  /** Checksum of its guest code. */
  readonly sum: number
}
/** A translated module and its functions in the order of their slots. */
export interface StoredModule {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly functions: readonly StoredFunction[]
}

const MAGIC = 0x3254_4742
const GOES = ['here', 'on', 'target'] as const

export function writeStore(modules: readonly StoredModule[]): Uint8Array {
  const words: number[] = [MAGIC, 0, modules.length]
  for (const { bytes, functions } of modules) {
    words.push(bytes.length, functions.length)
    for (const { end, sum, entries, groups } of functions) {
      words.push(end, sum, entries.length, ...entries, groups.length)
      for (const { registers, flags, goes } of groups) words.push(registers, flags | (GOES.indexOf(goes) << 8))
    }
  }
  const size = words.length * 4 + modules.reduce((sum, { bytes }) => sum + bytes.length, 0)
  const out = new Uint8Array(size + 8)
  const view = new DataView(out.buffer)
  words[1] = size
  for (const [i, word] of words.entries()) view.setUint32(i * 4, word, true)
  let at = words.length * 4
  for (const { bytes } of modules) {
    out.set(bytes, at)
    at += bytes.length
  }
  const [a, b] = checksum(out.subarray(0, size))
  view.setUint32(size, a, true)
  view.setUint32(size + 4, b, true)
  return out
}

/** Undefined for bytes that `writeStore` did not write, or not all of them. */
export function readStore(bytes: Uint8Array): readonly StoredModule[] | undefined {
  if (bytes.length < 20) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const size = view.getUint32(4, true)
  if (view.getUint32(0, true) !== MAGIC || size + 8 !== bytes.length) return undefined
  const [a, b] = checksum(bytes.subarray(0, size))
  if (view.getUint32(size, true) !== a || view.getUint32(size + 4, true) !== b) return undefined
  let at = 8
  const word = (): number => {
    const value = view.getUint32(at, true)
    at += 4
    return value
  }
  const shapes: { length: number; functions: StoredFunction[] }[] = []
  for (let left = word(); left > 0; left--) {
    const length = word()
    const functions: StoredFunction[] = []
    for (let more = word(); more > 0; more--) {
      const [end, sum] = [word(), word()]
      const entries = Array.from({ length: word() }, word)
      const groups = Array.from({ length: word() }, () => {
        const [registers, rest] = [word() | 0, word()]
        return { registers, flags: rest & 0xff, goes: GOES[rest >>> 8] }
      })
      functions.push({ end, sum, entries, groups })
    }
    shapes.push({ length, functions })
  }
  return shapes.map(({ length, functions }) => {
    const start = at
    at += length
    return { bytes: bytes.slice(start, at) as Uint8Array<ArrayBuffer>, functions }
  })
}

/** Two 32-bit sums over words and their order; a damaged file is found, a forged one is not meant to be. */
export function checksum(bytes: Uint8Array): [number, number] {
  let a = 0x811c_9dc5
  let b = bytes.length
  for (let i = 0; i < bytes.length; i++) {
    a = Math.imul(a ^ bytes[i], 0x0100_0193)
    b = (Math.imul(b, 31) + a) | 0
  }
  return [a >>> 0, b >>> 0]
}
