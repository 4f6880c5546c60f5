/** The list of loaded objects in guest memory: struct link_map of <link.h>, as dlinfo(3) and dladdr1 give it. */
import type { LoadedObject } from '../../platform/linker-port.ts'
import { platformOf } from '../../platform/platform.ts'
import { mapPages } from '../../platform/threads.ts'
import type { LibcCall } from '../../registry/call.ts'
import { intern } from './interned.ts'

/** l_addr, l_name, l_ld, l_next and l_prev, 8 bytes each. */
const Link = { base: 0, name: 8, dynamic: 16, next: 24, previous: 32, size: 40 } as const

// By library object, as the texts are.
const places = new WeakMap<object, Map<string, number>>()

/** Where the entry of an object lies: it stays there as long as the program runs. */
function placeOf(c: LibcCall, { path, start }: LoadedObject): number {
  let known = places.get(c)
  if (known === undefined) places.set(c, (known = new Map()))
  const key = `${start} ${path}`
  const at = known.get(key) ?? mapPages(c, Link.size)
  if (at !== 0) known.set(key, at)
  return at
}

/** The entry of an object, with the whole list as it is now; 0 where memory is out. */
export function linkOf(c: LibcCall, wanted: LoadedObject): number {
  const objects = platformOf(c).linker?.objects() ?? []
  const all = objects.map((each) => placeOf(c, each))
  if (all.includes(0)) return 0
  for (const [i, { path, base, dynamic }] of objects.entries()) {
    // The program itself has no name there.
    const words = [base, intern(c, i === 0 ? '' : path), dynamic, all[i + 1] ?? 0, all[i - 1] ?? 0]
    for (const [k, word] of words.entries()) c.memory.setSize(all[i] + 8 * k, word)
  }
  return all[objects.findIndex(({ start }) => start === wanted.start)] ?? 0
}
