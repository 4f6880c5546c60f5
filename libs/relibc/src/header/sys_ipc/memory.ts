/** <sys/shm.h>: https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/sys_shm.h.html */
import { answer } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { leaf, type SymbolRow } from '../../registry/define.ts'
import { control } from './object.ts'

const EINVAL = 22
const PAGE = 4096
const Flag = { readOnly: 0o10000, round: 0o20000, replace: 0o40000 } as const
/** A segment that is gone with its last user. */
const DESTROYED = 0o1000
/** struct shmid_ds behind its ipc_perm, in bytes. */
const Ds = { bytes: 48, attached: 56, detached: 64, changed: 72, creator: 80, last: 84, count: 88, size: 112 } as const

function attach(c: LibcCall, id: number, address: number, flags: number): number {
  if (address % PAGE !== 0 && !(flags & Flag.round)) return c.fail(EINVAL)
  const at = address - (address % PAGE)
  const { readOnly, replace } = Flag
  return answer(c, c.kernel.segments.attach(c.cx, id, at, (flags & readOnly) !== 0, (flags & replace) !== 0))
}

function memoryControl(c: LibcCall, id: number, command: number, at: number): number {
  const { memory, kernel } = c
  const segment = kernel.segments.at(c.cx, id)
  if (typeof segment === 'number') return c.fail(-segment)
  return control(
    c,
    command,
    segment,
    { at, size: Ds.size },
    {
      remove() {
        kernel.segments.remove(c.cx, id)
        segment.mode |= DESTROYED
      },
      put() {
        memory.setSize(at + Ds.bytes, segment.size)
        memory.setU64(at + Ds.attached, segment.attachedAt)
        memory.setU64(at + Ds.detached, segment.detachedAt)
        memory.setU64(at + Ds.changed, segment.changedAt)
        memory.setU32(at + Ds.creator, segment.creator)
        memory.setU32(at + Ds.last, segment.lastUser)
        memory.setSize(at + Ds.count, kernel.segments.attached(segment))
      },
    },
  )
}

export const memoryRows: readonly SymbolRow[] = [
  leaf('shmget', 'int(int, size, int)', (c, key: number, size: number, flags: number) =>
    answer(c, c.kernel.segments.get(c.cx, key, size, flags)),
  ),
  leaf('shmat', 'long(int, ptr, int)', attach),
  leaf('shmdt', 'int(ptr)', (c, at: number) => answer(c, c.kernel.segments.detach(c.cx, at))),
  leaf('shmctl', 'int(int, int, ptr)', memoryControl, 'partial', 'IPC_RMID, IPC_SET and IPC_STAT'),
]
