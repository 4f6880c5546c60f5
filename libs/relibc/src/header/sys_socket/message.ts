/**
 * sendmsg, recvmsg and their kin for many messages. struct msghdr: { name @0, namelen u32 @8, iov @16, iovlen @24, control @32, controllen @40, flags @48 };
 * struct cmsghdr: { len u64 @0, level i32 @8, type i32 @12 } and the data, the next at a multiple of eight (unix(7), cmsg(3)).
 */
import type { Co, PeerIds } from '@bootgraph/kernel'
import { readTimespec, writeTimespec } from '../../abi/structs.ts'
import { answer, EFAULT, readable, source, target, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, type SymbolRow } from '../../registry/define.ts'
import { readAddress, writeAddress } from './address.ts'

const Msghdr = { name: 0, nameLength: 8, iov: 16, iovLength: 24, control: 32, controlLength: 40, flags: 48, size: 56 } as const
const Cmsghdr = { length: 0, level: 8, type: 12, data: 16 } as const
const SOL_SOCKET = 1
const SCM_RIGHTS = 1
const SCM_CREDENTIALS = 2
const SCM_MAX_FD = 253
const MSG_CTRUNC = 8
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

/** What control data passes: descriptors, and who the sender says that it is. */
interface Passed {
  readonly fds: readonly number[]
  readonly ids?: PeerIds
}

/** struct ucred: { pid, uid, gid }, 4 bytes each. */
const UCRED = 12

/** What a message's control data passes, or an errno. */
function passed(c: LibcCall, message: number): Passed | number {
  const { memory } = c
  const at = memory.getSize(message + Msghdr.control)
  const end = at + (at === 0 ? 0 : memory.getSize(message + Msghdr.controlLength))
  if (!readable(c, at, end - at)) return EFAULT
  const fds: number[] = []
  let ids: PeerIds | undefined
  for (let header = at; end - header >= Cmsghdr.data; ) {
    const length = memory.getSize(header + Cmsghdr.length)
    if (length < Cmsghdr.data || length > end - header) return EINVAL
    const type = memory.getI32(header + Cmsghdr.type)
    const data = header + Cmsghdr.data
    if (memory.getI32(header + Cmsghdr.level) === SOL_SOCKET) {
      if (type === SCM_CREDENTIALS && length === Cmsghdr.data + UCRED)
        ids = { pid: memory.getI32(data), uid: memory.getU32(data + 4), gid: memory.getU32(data + 8) }
      else if (type !== SCM_RIGHTS) return EINVAL
      for (let i = Cmsghdr.data; type === SCM_RIGHTS && i + 4 <= length; i += 4) fds.push(memory.getI32(header + i))
    }
    header += (length + 7) & ~7
  }
  return fds.length > SCM_MAX_FD ? EINVAL : { fds, ...(ids && { ids }) }
}

/** Writes a control message into `space` bytes: how many it took, and whether it lacked some. */
function give(c: LibcCall, at: number, space: number, type: number, words: readonly number[]): { took: number; cut: boolean } {
  if (space < Cmsghdr.data) return { took: 0, cut: true }
  const whole = Cmsghdr.data + 4 * words.length
  const length = Math.min(whole, space)
  c.memory.setSize(at + Cmsghdr.length, length)
  c.memory.setI32(at + Cmsghdr.level, SOL_SOCKET)
  c.memory.setI32(at + Cmsghdr.type, type)
  const data = new Uint8Array(Int32Array.from(words).buffer)
  c.memory.u8.set(data.subarray(0, length - Cmsghdr.data), at + Cmsghdr.data)
  return { took: Math.min((whole + 7) & ~7, space), cut: length < whole }
}

/** A count or -errno, as of all that follows. */
function* sendOne(c: LibcCall, fd: number, message: number, flags: number): Co<number> {
  const parts = buffers(c, message, source)
  if (typeof parts === 'number') return -parts
  const along = passed(c, message)
  if (typeof along === 'number') return -along
  const whole = new Uint8Array(total(parts))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  const name = c.memory.getSize(message + Msghdr.name)
  const to = name === 0 ? undefined : readAddress(c, name, c.memory.getU32(message + Msghdr.nameLength))
  if (typeof to === 'number') return -to
  return yield* c.kernel.send(c.cx, fd, whole, flags, to, along.fds, along.ids)
}

function* receiveOne(c: LibcCall, fd: number, message: number, flags: number): Co<number> {
  const parts = buffers(c, message, target)
  if (typeof parts === 'number') return -parts
  const whole = new Uint8Array(total(parts))
  const control = c.memory.getSize(message + Msghdr.control)
  const space = control === 0 ? 0 : c.memory.getSize(message + Msghdr.controlLength)
  if (!writable(c, control, space)) return -EFAULT
  const state = c.kernel.socketState(c.cx, fd)
  // Who sent it comes first, and leaves the rest of the room for descriptors.
  const named = typeof state !== 'number' && state.options.values.get('SO_PASSCRED') === 1 ? Cmsghdr.data + 16 : 0
  const got = yield* c.kernel.recv(c.cx, fd, whole, flags, Math.max(0, (space - named - Cmsghdr.data) >> 2))
  if (typeof got === 'number') return got
  let at = 0
  for (const part of parts) {
    part.set(whole.subarray(at, Math.min(at + part.length, got.count)))
    at = Math.min(at + part.length, got.count)
  }
  const { ids, fds } = got
  const first = ids ? give(c, control, space, SCM_CREDENTIALS, [ids.pid, ids.uid, ids.gid]) : { took: 0, cut: false }
  const second = fds.length > 0 ? give(c, control + first.took, space - first.took, SCM_RIGHTS, fds) : { took: 0, cut: false }
  c.memory.setSize(message + Msghdr.controlLength, first.took + second.took)
  c.memory.setU32(message + Msghdr.flags, got.flags | (first.cut || second.cut ? MSG_CTRUNC : 0) | (flags & MSG_CMSG_CLOEXEC))
  const name = c.memory.getSize(message + Msghdr.name)
  return writeAddress(c, got.from, name, message + Msghdr.nameLength) ? got.count : -EFAULT
}

/** struct mmsghdr: a msghdr, and what the call for it gave. */
const Mmsghdr = { count: Msghdr.size, size: Msghdr.size + 8 } as const
const MSG_DONTWAIT = 0x40
const MSG_WAITFORONE = 0x1_0000

/** How many of the messages went well before one did not, or the errno of the first. */
function* many(
  c: LibcCall,
  vector: number,
  count: number,
  one: (message: number, index: number) => Co<number>,
  ended = () => false,
): Co<number> {
  let done = 0
  while (done < count) {
    const message = vector + done * Mmsghdr.size
    const got = writable(c, message, Mmsghdr.size) ? yield* one(message, done) : -EFAULT
    if (got < 0) return done > 0 ? done : c.fail(-got)
    c.memory.setU32(message + Mmsghdr.count, got)
    done++
    if (ended()) break
  }
  return done
}

const sendmmsg = (c: LibcCall, fd: number, vector: number, count: number, flags: number): Co<number> =>
  many(c, vector, Math.min(count, IOV_MAX), (message) => sendOne(c, fd, message, flags))

/** The time is looked at between messages only, as in Linux. */
function* recvmmsg(c: LibcCall, fd: number, vector: number, count: number, flags: number, timeout: number): Co<number> {
  if (timeout !== 0 && !writable(c, timeout, 16)) return c.fail(EFAULT)
  const wait = timeout === 0 ? undefined : readTimespec(c.memory, timeout)
  if (timeout !== 0 && (wait === undefined || wait < 0n)) return c.fail(EINVAL)
  const now = () => c.kernel.clock(c.cx, 'monotonic')
  const until = wait === undefined ? undefined : now() + wait
  const left = () => (until === undefined || until <= now() ? 0n : until - now())
  const plain = flags & ~MSG_WAITFORONE
  const got = yield* many(
    c,
    vector,
    count,
    (message, i) => receiveOne(c, fd, message, i > 0 && flags & MSG_WAITFORONE ? plain | MSG_DONTWAIT : plain),
    () => until !== undefined && left() === 0n,
  )
  if (got > 0 && until !== undefined && writable(c, timeout, 16)) writeTimespec(c.memory, timeout, left())
  return got
}

const ONLY = 'of control messages, descriptors and credentials'

export const messageRows: readonly SymbolRow[] = [
  blocking('recvmmsg', 'int(int, ptr, uint, int, ptr)', recvmmsg, 'partial', ONLY),
  blocking(
    'recvmsg',
    'long(int, ptr, int)',
    function* (c, fd: number, message: number, flags: number) {
      return answer(c, yield* receiveOne(c, fd, message, flags))
    },
    'partial',
    ONLY,
  ),
  blocking('sendmmsg', 'int(int, ptr, uint, int)', sendmmsg, 'partial', ONLY),
  blocking(
    'sendmsg',
    'long(int, ptr, int)',
    function* (c, fd: number, message: number, flags: number) {
      return answer(c, yield* sendOne(c, fd, message, flags))
    },
    'partial',
    ONLY,
  ),
]
