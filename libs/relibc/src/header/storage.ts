/** Guest addresses of the library's own objects, looked up once per process image. */
import type { LibcCall } from '../registry/call.ts'

// By library object and not by process: exec makes a new one, with fresh memory.
const known = new WeakMap<LibcCall, Map<string, number>>()

/** Address of an object row; 0 where the program was linked without it. */
export function storage(c: LibcCall, name: string): number {
  let addresses = known.get(c)
  if (addresses === undefined) known.set(c, (addresses = new Map()))
  let at = addresses.get(name)
  if (at === undefined) addresses.set(name, (at = c.object(name)))
  return at
}
