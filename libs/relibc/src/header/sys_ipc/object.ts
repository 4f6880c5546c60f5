/** struct ipc_perm: { key i32, uid, gid, cuid, cgid, mode u32 … }, with which the structs of all objects begin (asm-generic/ipcbuf.h). */
import type { IpcObject } from '@bootgraph/kernel'
import { EFAULT, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'

const EINVAL = 22
const Perm = { key: 0, uid: 4, gid: 8, mode: 20 } as const
export const Command = { remove: 0, set: 1, stat: 2 } as const

/** IPC_RMID, IPC_SET and IPC_STAT of an object; `put` writes the rest of its struct, `take` reads what else may be set. */
export function control<T extends IpcObject>(
  c: LibcCall,
  command: number,
  object: T,
  struct: { readonly at: number; readonly size: number },
  done: { remove(): void; put(at: number): void; take?(at: number): void },
): number {
  const { at, size } = struct
  switch (command) {
    case Command.remove:
      done.remove()
      return 0
    case Command.set:
      if (!readable(c, at, size)) return c.fail(EFAULT)
      object.uid = c.memory.getU32(at + Perm.uid)
      object.gid = c.memory.getU32(at + Perm.gid)
      object.mode = (object.mode & ~0o777) | (c.memory.getU32(at + Perm.mode) & 0o777)
      object.changedAt = c.kernel.clock(c.cx, 'realtime') / 1_000_000_000n
      done.take?.(at)
      return 0
    case Command.stat:
      if (!writable(c, at, size)) return c.fail(EFAULT)
      c.memory.bytes(at, size).fill(0)
      c.memory.setI32(at + Perm.key, object.key)
      c.memory.setU32(at + Perm.uid, object.uid)
      c.memory.setU32(at + Perm.gid, object.gid)
      c.memory.setU32(at + Perm.mode, object.mode)
      done.put(at)
      return 0
  }
  return c.fail(EINVAL)
}
