/** libc.so.6 as a real ELF file: what a link sees, and what the loader maps. */
import { PF_GATE } from '@bootgraph/ld-so'
import { makeSharedObject } from '@bootgraph/ld-so/elf'
import { type ExportTag, exportsOf, type LibcParts } from './exports.ts'

const PF_R_X = 5

/** Deterministic: equal parts give equal bytes. `tags` has every exported name. */
export function makeLibc(parts: LibcParts): { readonly bytes: Uint8Array; readonly tags: ReadonlyMap<string, ExportTag> } {
  const { functions, frames, objects, tags } = exportsOf(parts)
  return { bytes: makeSharedObject({ soname: 'libc.so.6', functions, frames, objects, codeFlags: PF_R_X | PF_GATE }), tags }
}
