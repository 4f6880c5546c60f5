/** sendmsg and recvmsg. struct msghdr: { name @0, namelen u32 @8, iov @16, iovlen @24, control @32, controllen @40, flags @48 }. */
import type { Co } from '@bootgraph/kernel'
import { EFAULT, readable, source, target, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, type SymbolRow } from '../../registry/define.ts'
import { readAddress, writeAddress } from './address.ts'

const Msghdr = { name: 0, nameLength: 8, iov: 16, iovLength: 24, control: 32, controlLength: 40, flags: 48, size: 56 } as const
const EMSGSIZE = 90
const IOV_MAX = 1024

/** The buffers of a message's iovec, or an errno. */
function buffers(c: LibcCall, message: number, check: typeof source): Uint8Array[] | number {
  if (!writable(c, message, Msghdr.size)) return EFAULT
  const vector = c.memory.getSize(message + Msghdr.iov)
  const count = c.memory.getSize(message + Msghdr.iovLength)
  if (count > IOV_MAX) return EMSGSIZE
  if (!readable(c, vector, 16 * count)) return EFAULT
  const out: Uint8Array[] = []
  for (let i = 0; i < count; i++) {
    const bytes = check(c, c.memory.getSize(vector + 16 * i), c.memory.getSize(vector + 16 * i + 8))
    if (bytes === undefined) return EFAULT
    out.push(bytes)
  }
  return out
}

const total = (parts: readonly Uint8Array[]): number => parts.reduce((sum, part) => sum + part.length, 0)

function* sendmsg(c: LibcCall, fd: number, message: number, flags: number): Co<number> {
  const parts = buffers(c, message, source)
  if (typeof parts === 'number') return c.fail(parts)
  if (c.memory.getSize(message + Msghdr.controlLength) !== 0) c.gap('sendmsg', 'control messages (descriptor passing) are dropped')
  const whole = new Uint8Array(total(parts))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  const name = c.memory.getSize(message + Msghdr.name)
  const to = name === 0 ? undefined : readAddress(c, name, c.memory.getU32(message + Msghdr.nameLength))
  if (typeof to === 'number') return c.fail(to)
  const sent = yield* c.kernel.send(c.cx, fd, whole, flags, to)
  return sent < 0 ? c.fail(-sent) : sent
}

function* recvmsg(c: LibcCall, fd: number, message: number, flags: number): Co<number> {
  const parts = buffers(c, message, target)
  if (typeof parts === 'number') return c.fail(parts)
  const whole = new Uint8Array(total(parts))
  const got = yield* c.kernel.recv(c.cx, fd, whole, flags)
  if (typeof got === 'number') return c.fail(-got)
  let at = 0
  for (const part of parts) {
    part.set(whole.subarray(at, Math.min(at + part.length, got.count)))
    at = Math.min(at + part.length, got.count)
  }
  c.memory.setSize(message + Msghdr.controlLength, 0)
  c.memory.setU32(message + Msghdr.flags, 0)
  const name = c.memory.getSize(message + Msghdr.name)
  if (got.from === undefined) c.memory.setU32(message + Msghdr.nameLength, 0)
  else if (!writeAddress(c, got.from, name, message + Msghdr.nameLength)) return c.fail(EFAULT)
  return got.count
}

export const messageRows: readonly SymbolRow[] = [
  blocking('recvmsg', 'long(int, ptr, int)', recvmsg, 'partial', 'no control messages'),
  blocking('sendmsg', 'long(int, ptr, int)', sendmsg, 'partial', 'no control messages'),
]
