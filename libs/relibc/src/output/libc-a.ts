/** libc.a: one member per function, so that a static link takes what it needs and no more. */
import { GATE_SECTION } from '@bootgraph/ld-so'
import { type ArchiveMember, makeArchive, makeObject } from '@bootgraph/ld-so/elf'
import { exportsOf, type LibcParts } from './exports.ts'

export function makeLibcArchive(parts: LibcParts): Uint8Array {
  const { functions, objects } = exportsOf(parts)
  const members: ArchiveMember[] = functions.map((each) => ({
    name: `${each.name}.o`,
    bytes: makeObject({ functions: [each], objects: [], codeSection: GATE_SECTION }),
  }))
  for (const each of objects) members.push({ name: `${each.name}.o`, bytes: makeObject({ functions: [], objects: [each] }) })
  return makeArchive(members)
}
