/** Guest addresses of the library's own objects, looked up once per process image. */
import type { LibcCall } from '../registry/call.ts'

/** Address of an object row; 0 where the program was linked without it. */
export function storage(c: LibcCall, name: string): number {
  const { storages } = c
  let at = storages.get(name)
  if (at === undefined) storages.set(name, (at = c.object(name)))
  return at
}
