/** A port over one growing-upwards address space, and files in memory: the machine that the tests link in. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { GuestCall, Linking, LoaderFile, LoaderPort, MissingSymbol } from '../src/index.ts'

export const fileOf = (path: string, bytes: Uint8Array): LoaderFile => ({
  path,
  size: bytes.length,
  digest: createHash('sha256').update(bytes).digest('hex'),
  read: (offset, into) => {
    const part = bytes.subarray(offset, offset + into.length)
    into.set(part)
    return part.length
  },
})

/** `open` defaults to the host's files; every symbol that the linker misses is kept in `missed`. */
export function arrayPort(
  u8: Uint8Array,
  open = (path: string): LoaderFile | undefined => (existsSync(path) ? fileOf(path, readFileSync(path)) : undefined),
): LoaderPort & { missed: MissingSymbol[] } {
  let next = 0x100_0000
  const missed: MissingSymbol[] = []
  return {
    memory: { u8, view: new DataView(u8.buffer) },
    missed,
    open,
    reserve: (address, length, align) => {
      const at = address || Math.ceil(next / align) * align
      if (!(at + length <= u8.length)) return undefined
      next = Math.max(next, at + length)
      return at
    },
    release: () => {},
    protect: () => {},
    missing: (symbol) => {
      missed.push(symbol)
      return symbol.weak ? 'null' : 'fail'
    },
    ability: () => true,
  }
}

/** Runs a linking to its end, answering every guest call alike. */
export function finish<T>(linking: Linking<T>, calls: GuestCall[] = [], answer = 0x7777n): T {
  for (let step = linking.next(); ; step = linking.next(answer)) {
    if (step.done) return step.value
    calls.push(step.value)
  }
}
