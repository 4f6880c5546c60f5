/** libc.a: what every program starts with, then one member per function, so that a static link takes what it needs and no more. */
import { GATE_SECTION } from '@bootgraph/ld-so'
import { type ArchiveMember, makeArchive, makeObject } from '@bootgraph/ld-so/elf'
import { exportsOf, type LibcParts } from './exports.ts'

/** What the hosted library looks up in the image by itself: its own gates, and every data object. */
const START = /^__libc_/
const ENTRY = '__libc_start_main'
/** R_X86_64_NONE (psABI, table 4.9). */
const RELOCATES_NOTHING = 0

/**
 * crt0.o asks for `__libc_start_main`, and with it come the library's own gates and all data, weak so that a program may have its own.
 */
export function makeLibcArchive(parts: LibcParts): Uint8Array {
  const { functions, objects } = exportsOf(parts)
  // The data is named from afar: a link that collects sections nobody refers to must not take it away.
  const keeps = objects.map(({ name }) => ({ offset: 0, type: RELOCATES_NOTHING, symbol: name, addend: 0 }))
  const start = makeObject({
    functions: functions
      .filter(({ name }) => START.test(name))
      .map((each) => (each.name === ENTRY ? { ...each, relocations: [...(each.relocations ?? []), ...keeps] } : each)),
    objects: objects.map((each) => ({ ...each, weak: true })),
    codeSection: GATE_SECTION,
  })
  const members: ArchiveMember[] = functions
    .filter(({ name }) => !START.test(name))
    .map((each) => ({ name: `${each.name}.o`, bytes: makeObject({ functions: [each], objects: [], codeSection: GATE_SECTION }) }))
  return makeArchive([{ name: 'libc_start.o', bytes: start }, ...members])
}
