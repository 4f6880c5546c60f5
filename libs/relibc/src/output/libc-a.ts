/** libc.a: what every program starts with, then one member per function, so that a static link takes what it needs and no more. */
import { GATE_SECTION } from '@bootgraph/ld-so'
import { type ArchiveMember, makeArchive, makeObject } from '@bootgraph/ld-so/elf'
import { exportsOf, type LibcParts } from './exports.ts'

/** What the hosted library looks up in the image by itself: its own gates, and every data object. */
const START = /^__libc_/

/**
 * crt0.o asks for `__libc_start_main`, and with it come the library's own gates and all data, weak so that a program may have its own.
 */
export function makeLibcArchive(parts: LibcParts): Uint8Array {
  const { functions, objects } = exportsOf(parts)
  const start = makeObject({
    functions: functions.filter(({ name }) => START.test(name)),
    objects: objects.map((each) => ({ ...each, weak: true })),
    codeSection: GATE_SECTION,
  })
  const members: ArchiveMember[] = functions
    .filter(({ name }) => !START.test(name))
    .map((each) => ({ name: `${each.name}.o`, bytes: makeObject({ functions: [each], objects: [], codeSection: GATE_SECTION }) }))
  return makeArchive([{ name: 'libc_start.o', bytes: start }, ...members])
}
