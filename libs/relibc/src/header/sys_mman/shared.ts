/** Names of shared memory objects, which are files below /tmp. */
import { path } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'

/** The file behind an object: a name with a slash only in front. */
export function objectFile(c: LibcCall, name: number): string | undefined {
  const text = path(c, name)?.replace(/^\/+/, '')
  return text === undefined || text === '' || text.includes('/') || text.length > 255 ? undefined : `/tmp/shm.${text}`
}
