/** The made libc.so as a file that the dynamic linker reads from memory. */
import { readFileSync } from 'node:fs'
import type { LoaderFile } from '@bootgraph/ld-so'
import { collect, coreHeaders, leavesOf, platformHeaders, textHeaders } from '@bootgraph/relibc'
import { makeLibc } from '@bootgraph/relibc/output'
import { type KeptFiles, sha256 } from '../host/kept-files.ts'

const LIBC = '/lib/libc.so.6'
/** Every symbol that the model has. */
export const registry = collect([...platformHeaders, ...coreHeaders, ...textHeaders])
export const leaves = leavesOf(registry)

/** libc.so with exactly these names, of an earlier run if it is kept. `decides`: everything that makes the names and their code what they are. */
export function madeLibc(names: () => readonly string[], decides: readonly string[], kept: KeptFiles | undefined): LoaderFile {
  const key = sha256(JSON.stringify(decides))
  const bytes = kept && intact(kept, key)
  if (bytes) return inMemory(LIBC, bytes)
  const made = makeLibc({ registry, surface: names() }).bytes
  kept?.keep(key, made)
  return inMemory(LIBC, made)
}

function intact(files: KeptFiles, key: string): Uint8Array | undefined {
  const found = files.find(key)
  try {
    const bytes = found && readFileSync(found.path)
    return bytes && sha256(bytes) === found.digest ? bytes : undefined
  } catch {
    return undefined
  }
}

export function inMemory(path: string, bytes: Uint8Array): LoaderFile {
  return {
    path,
    size: bytes.length,
    digest: sha256(bytes),
    read(offset, into) {
      const part = bytes.subarray(offset, offset + into.length)
      into.set(part)
      return part.length
    },
  }
}
