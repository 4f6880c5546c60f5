/**
 * sendmsg and recvmsg. struct msghdr: { name @0, namelen u32 @8, iov @16, iovlen @24, control @32, controllen @40, flags @48 };
 * struct cmsghdr: { len u64 @0, level i32 @8, type i32 @12 } and the data, the next at a multiple of eight (unix(7), cmsg(3)).
 */
import type { Co } from '@bootgraph/kernel'
import { EFAULT, readable, source, target, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, type SymbolRow } from '../../registry/define.ts'
import { readAddress, writeAddress } from './address.ts'

const Msghdr = { name: 0, nameLength: 8, iov: 16, iovLength: 24, control: 32, controlLength: 40, flags: 48, size: 56 } as const
const Cmsghdr = { length: 0, level: 8, type: 12, data: 16 } as const
const SOL_SOCKET = 1
const SCM_RIGHTS = 1
const SCM_CREDENTIALS = 2
const SCM_MAX_FD = 253
const MSG_CMSG_CLOEXEC = 0x4000_0000
const EINVAL = 22
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

/** Descriptors that a message's control data passes, or an errno. Credentials are the sender's own, which nobody can ask for. */
function passed(c: LibcCall, message: number): number[] | number {
  const { memory } = c
  const at = memory.getSize(message + Msghdr.control)
  const end = at + (at === 0 ? 0 : memory.getSize(message + Msghdr.controlLength))
  if (!readable(c, at, end - at)) return EFAULT
  const fds: number[] = []
  for (let header = at; end - header >= Cmsghdr.data; ) {
    const length = memory.getSize(header + Cmsghdr.length)
    if (length < Cmsghdr.data || length > end - header) return EINVAL
    const type = memory.getI32(header + Cmsghdr.type)
    if (memory.getI32(header + Cmsghdr.level) === SOL_SOCKET) {
      if (type !== SCM_RIGHTS && type !== SCM_CREDENTIALS) return EINVAL
      for (let i = Cmsghdr.data; type === SCM_RIGHTS && i + 4 <= length; i += 4) fds.push(memory.getI32(header + i))
    }
    header += (length + 7) & ~7
  }
  return fds.length > SCM_MAX_FD ? EINVAL : fds
}

/** Writes descriptors as control data into `space` bytes; how many that took. */
function give(c: LibcCall, at: number, space: number, fds: readonly number[]): number {
  if (fds.length === 0) return 0
  const length = Cmsghdr.data + 4 * fds.length
  c.memory.setSize(at + Cmsghdr.length, length)
  c.memory.setI32(at + Cmsghdr.level, SOL_SOCKET)
  c.memory.setI32(at + Cmsghdr.type, SCM_RIGHTS)
  for (const [i, fd] of fds.entries()) c.memory.setI32(at + Cmsghdr.data + 4 * i, fd)
  return Math.min((length + 7) & ~7, space)
}

function* sendmsg(c: LibcCall, fd: number, message: number, flags: number): Co<number> {
  const parts = buffers(c, message, source)
  if (typeof parts === 'number') return c.fail(parts)
  const fds = passed(c, message)
  if (typeof fds === 'number') return c.fail(fds)
  const whole = new Uint8Array(total(parts))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  const name = c.memory.getSize(message + Msghdr.name)
  const to = name === 0 ? undefined : readAddress(c, name, c.memory.getU32(message + Msghdr.nameLength))
  if (typeof to === 'number') return c.fail(to)
  const sent = yield* c.kernel.send(c.cx, fd, whole, flags, to, fds)
  return sent < 0 ? c.fail(-sent) : sent
}

function* recvmsg(c: LibcCall, fd: number, message: number, flags: number): Co<number> {
  const parts = buffers(c, message, target)
  if (typeof parts === 'number') return c.fail(parts)
  const whole = new Uint8Array(total(parts))
  const control = c.memory.getSize(message + Msghdr.control)
  const space = control === 0 ? 0 : c.memory.getSize(message + Msghdr.controlLength)
  if (!writable(c, control, space)) return c.fail(EFAULT)
  const got = yield* c.kernel.recv(c.cx, fd, whole, flags, Math.max(0, (space - Cmsghdr.data) >> 2))
  if (typeof got === 'number') return c.fail(-got)
  let at = 0
  for (const part of parts) {
    part.set(whole.subarray(at, Math.min(at + part.length, got.count)))
    at = Math.min(at + part.length, got.count)
  }
  c.memory.setSize(message + Msghdr.controlLength, give(c, control, space, got.fds))
  c.memory.setU32(message + Msghdr.flags, got.flags | (flags & MSG_CMSG_CLOEXEC))
  const name = c.memory.getSize(message + Msghdr.name)
  if (!writeAddress(c, got.from, name, message + Msghdr.nameLength)) return c.fail(EFAULT)
  return got.count
}

export const messageRows: readonly SymbolRow[] = [
  blocking('recvmsg', 'long(int, ptr, int)', recvmsg, 'partial', 'of control messages, descriptors'),
  blocking('sendmsg', 'long(int, ptr, int)', sendmsg, 'partial', 'of control messages, descriptors'),
]
