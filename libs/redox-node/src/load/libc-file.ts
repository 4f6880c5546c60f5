/** The made libc.so as a file that the dynamic linker reads from memory. */
import { createHash } from 'node:crypto'
import type { LoaderFile } from '@bootgraph/ld-so'
import { collect, coreHeaders, leavesOf, platformHeaders, textHeaders } from '@bootgraph/relibc'
import { makeLibc } from '@bootgraph/relibc/output'

/** Every symbol that the model has. */
export const registry = collect([...platformHeaders, ...coreHeaders, ...textHeaders])
export const leaves = leavesOf(registry)

/** libc.so with exactly these names. */
export function madeLibc(names: readonly string[]): LoaderFile {
  return inMemory('/lib/libc.so.6', makeLibc({ registry, surface: names }).bytes)
}

export function inMemory(path: string, bytes: Uint8Array): LoaderFile {
  return {
    path,
    size: bytes.length,
    digest: createHash('sha256').update(bytes).digest('hex'),
    read(offset, into) {
      const part = bytes.subarray(offset, offset + into.length)
      into.set(part)
      return part.length
    },
  }
}
