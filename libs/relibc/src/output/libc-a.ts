/** libc.a: one member per function, so that a static link takes what it needs and no more. */
import { type ArchiveMember, makeArchive, makeObject } from '@bootgraph/ld-so/elf'
import { exportsOf, type LibcParts } from './exports.ts'

/** Section of the gates in a static image, whose pages the loader marks as gates. A C identifier: ld offers its bounds as `__start_` and `__stop_`. */
export const GATE_SECTION = 'libc_gates'

export function makeLibcArchive(parts: LibcParts): Uint8Array {
  const { functions, objects } = exportsOf(parts)
  const members: ArchiveMember[] = functions.map((each) => ({
    name: `${each.name}.o`,
    bytes: makeObject({ functions: [each], objects: [], codeSection: GATE_SECTION }),
  }))
  for (const each of objects) members.push({ name: `${each.name}.o`, bytes: makeObject({ functions: [], objects: [each] }) })
  return makeArchive(members)
}
