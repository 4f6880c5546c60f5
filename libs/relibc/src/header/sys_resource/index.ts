/** Limits of resources: https://pubs.opengroup.org/onlinepubs/9699919799/functions/getrlimit.html, prlimit(2). */
import { Resource, UNLIMITED } from '@bootgraph/kernel'
import { SIZE } from '../../abi/structs.ts'
import { answer, EFAULT, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, type HeaderTable, leaf } from '../../registry/define.ts'

const KEPT = 'of what is limited, CPU, FSIZE, NOFILE and AS are enforced'

export function prlimit(c: LibcCall, pid: number, resource: number, set: number, old: number): number {
  const known = c.kernel.limit(c.cx, pid, resource)
  if (typeof known === 'number') return c.fail(-known)
  if ((set !== 0 && !readable(c, set, SIZE.rlimit)) || (old !== 0 && !writable(c, old, SIZE.rlimit))) return c.fail(EFAULT)
  const wanted = set === 0 ? undefined : { soft: c.memory.getU64(set), hard: c.memory.getU64(set + 8) }
  const done = wanted === undefined ? 0 : c.kernel.setLimit(c.cx, pid, resource, wanted)
  if (done < 0 || old === 0) return answer(c, done)
  c.memory.setU64(old, known.soft)
  c.memory.setU64(old + 8, known.hard)
  return 0
}

/** Descriptors that the process may have now. */
export function filesMax(c: LibcCall): number {
  const limit = c.kernel.limit(c.cx, 0, Resource.nofile)
  return typeof limit === 'number' || limit.soft === UNLIMITED ? -1 : Number(limit.soft)
}

export const sysResource: HeaderTable = {
  name: 'sys/resource',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/sys_resource.h.html',
  rows: [
    leaf('getrlimit', 'int(int, ptr)', (c, resource: number, out: number) => prlimit(c, 0, resource, 0, out)),
    alias('getrlimit64', 'getrlimit'),
    leaf('setrlimit', 'int(int, ptr)', (c, resource: number, set: number) => prlimit(c, 0, resource, set, 0), 'partial', KEPT),
    alias('setrlimit64', 'setrlimit'),
    leaf('prlimit', 'int(int, int, ptr, ptr)', prlimit, 'partial', KEPT),
    alias('prlimit64', 'prlimit'),
    leaf('getdtablesize', 'int()', filesMax),
  ],
}
