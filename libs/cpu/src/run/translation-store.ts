/**
 * What is kept of one object as bytes: a magic number, then its modules, each with the functions that it has and the values where its WebAssembly
 * and its machine code are, then a checksum. What does not read back whole is as good as absent.
 */

import type { TranslatedFunction } from '../translate/module-writer.ts'
import type { CodeMark } from './compiled-code.ts'
import type { TranslationCache } from './cpu.ts'

export interface StoredFunction extends TranslatedFunction {
  /** Checksum of its guest code. */
  readonly sum: number
}
/** Which WebAssembly is a module's. */
export interface WasmMark {
  /** Bytes. */
  readonly length: number
  readonly sum: number
  /** Number of the value that has it. */
  readonly value: number
}
/** A translated module. */
export interface StoredModule {
  readonly wasm: WasmMark
  readonly code: CodeMark
  /** In the order of their slots. */
  readonly functions: readonly StoredFunction[]
}

/** All modules of an object. */
export interface Store {
  readonly modules: readonly StoredModule[]
  /** Starts of functions that cannot be translated. */
  readonly refused: readonly number[]
}

type Sum = TranslationCache['sum']

const MAGIC = 0x3554_4742
const GOES = ['here', 'on', 'target'] as const

export function writeStore({ modules, refused }: Store, sumOf: Sum): Uint8Array {
  const words: number[] = [MAGIC, 0, refused.length, ...refused, modules.length]
  for (const { wasm, code, functions } of modules) {
    words.push(wasm.length, wasm.sum, wasm.value, code.functions, code.sum, code.value, functions.length)
    for (const { end, sum, entries, groups } of functions) {
      words.push(end, sum, entries.length, ...entries, groups.length)
      for (const { flags, goes } of groups) words.push(flags | (GOES.indexOf(goes) << 8))
    }
  }
  const size = words.length * 4
  words[1] = size
  const out = new Uint8Array(size + 4)
  const view = new DataView(out.buffer)
  for (const [i, word] of words.entries()) view.setUint32(i * 4, word, true)
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
  const refused = Array.from({ length: word() }, word)
  const modules = Array.from({ length: word() }, (): StoredModule => {
    const wasm = { length: word(), sum: word(), value: word() }
    const code = { functions: word(), sum: word(), value: word() }
    const functions = Array.from({ length: word() }, (): StoredFunction => {
      const [end, sum] = [word(), word()]
      const entries = Array.from({ length: word() }, word)
      const groups = Array.from({ length: word() }, () => {
        const group = word()
        return { flags: group & 0xff, goes: GOES[group >>> 8] }
      })
      return { end, sum, entries, groups }
    })
    return { wasm, code, functions }
  })
  return { modules, refused }
}

/** Tells stores apart, by their length and their own sum. */
export const stampOf = (bytes: Uint8Array | undefined): string =>
  bytes === undefined ? '' : `${bytes.length} ${bytes.subarray(-4).join(' ')}`
