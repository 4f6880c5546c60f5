/** <sys/msg.h>: https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/sys_msg.h.html */
import type { Co } from '@bootgraph/kernel'
import { answer, EFAULT, source, target } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, leaf, type SymbolRow } from '../../registry/define.ts'
import { control } from './object.ts'

const EINVAL = 22
const MESSAGE_MAX = 8192
/** struct msqid_ds behind its ipc_perm, in bytes. */
const Ds = { sent: 48, received: 56, changed: 64, bytes: 72, count: 80, limit: 88, sender: 96, receiver: 100, size: 120 } as const

/** A message is its type, 8 bytes, and its text. */
function* send(c: LibcCall, id: number, at: number, size: number, flags: number): Co<number> {
  if (size > MESSAGE_MAX) return c.fail(EINVAL)
  const bytes = source(c, at, 8 + size)
  if (bytes === undefined) return c.fail(EFAULT)
  const type = BigInt.asIntN(64, c.memory.getU64(at))
  return answer(c, yield* c.kernel.messages.send(c.cx, id, { type, bytes: bytes.slice(8) }, flags))
}

function* receive(c: LibcCall, id: number, at: number, size: number, type: number, flags: number): Co<number> {
  if (size < 0) return c.fail(EINVAL)
  const got = yield* c.kernel.messages.receive(c.cx, id, size, BigInt(type), flags)
  if (typeof got === 'number') return c.fail(-got)
  const into = target(c, at, 8 + got.bytes.length)
  if (into === undefined) return c.fail(EFAULT)
  c.memory.setU64(at, got.type)
  into.set(got.bytes, 8)
  return got.bytes.length
}

function messageControl(c: LibcCall, id: number, command: number, at: number): number {
  const { memory, kernel } = c
  const queue = kernel.messages.at(c.cx, id)
  if (typeof queue === 'number') return c.fail(-queue)
  return control(
    c,
    command,
    queue,
    { at, size: Ds.size },
    {
      remove: () => kernel.messages.remove(c.cx, id),
      put() {
        memory.setU64(at + Ds.sent, queue.sentAt)
        memory.setU64(at + Ds.received, queue.receivedAt)
        memory.setU64(at + Ds.changed, queue.changedAt)
        memory.setSize(at + Ds.bytes, queue.bytes)
        memory.setSize(at + Ds.count, queue.messages.length)
        memory.setSize(at + Ds.limit, queue.limit)
        memory.setU32(at + Ds.sender, queue.lastSender)
        memory.setU32(at + Ds.receiver, queue.lastReceiver)
      },
      take() {
        queue.limit = memory.getSize(at + Ds.limit)
        queue.changed.wake()
      },
    },
  )
}

export const messageRows: readonly SymbolRow[] = [
  leaf('msgget', 'int(int, int)', (c, key: number, flags: number) => answer(c, c.kernel.messages.get(c.cx, key, flags))),
  blocking('msgsnd', 'int(int, ptr, size, int)', send),
  blocking('msgrcv', 'long(int, ptr, size, long, int)', receive),
  leaf('msgctl', 'int(int, int, ptr)', messageControl, 'partial', 'IPC_RMID, IPC_SET and IPC_STAT'),
]
