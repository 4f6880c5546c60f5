import { E } from '../abi/error.ts'
import { AT_FDCWD, Mode, O } from '../abi/flag.ts'
import type { KernelCalls, PeerIds, SocketAddress } from '../calls.ts'
import type { Context } from '../context/context.ts'
import { Description } from '../context/file.ts'
import type { ContextState } from '../context/process.ts'
import { SIG } from '../context/signal.ts'
import type { Kernel } from '../kernel.ts'
import { SocketHandle, type Taken } from '../scheme/socket.ts'
import { descriptor, install, process, retry } from './fs.ts'
import { walk } from './path.ts'

type Calls = Pick<
  KernelCalls,
  'socket' | 'socketpair' | 'bind' | 'listen' | 'accept' | 'connect' | 'shutdown' | 'send' | 'recv' | 'sockname' | 'socketState'
>

const MSG = {
  OOB: 1,
  PEEK: 2,
  CTRUNC: 8,
  TRUNC: 0x20,
  DONTWAIT: 0x40,
  WAITALL: 0x100,
  NOSIGNAL: 0x4000,
  CMSG_CLOEXEC: 0x4000_0000,
} as const

/** Sockets; `flags` are Linux's MSG_* for send and recv and O_* elsewhere. */
export function socketCalls(kernel: Kernel): Calls {
  function find(cx: Context, fd: number): { description: Description; socket: SocketHandle } | number {
    const description = descriptor(cx, fd)
    if (description === undefined) return -E.BADF
    return description.handle instanceof SocketHandle ? { description, socket: description.handle } : -E.NOTSOCK
  }
  function withSocket<T>(cx: Context, fd: number, body: (socket: SocketHandle) => T): T | number {
    const found = find(cx, fd)
    return typeof found === 'number' ? found : body(found.socket)
  }
  const add = (cx: Context, socket: SocketHandle, flags: number) =>
    install(kernel, process(cx), socket, O.RDWR | (flags & (O.NONBLOCK | O.CLOEXEC)))
  const patient = (description: Description, flags: number) =>
    flags & MSG.DONTWAIT ? new Description(description.handle, description.flags | O.NONBLOCK) : description
  const deadline = (socket: SocketHandle, out: boolean): bigint | undefined => {
    const patience = socket.patience(out)
    return patience === undefined ? undefined : kernel.time.monotonic + patience
  }
  const idsOf = (cx: Context): PeerIds => {
    const { euid, egid } = kernel.calls.ids(cx)
    return { pid: cx.process.pid, uid: euid, gid: egid }
  }
  const isFile = (address: SocketAddress): address is { path: string } =>
    'path' in address && address.path !== '' && !address.path.startsWith('\0')

  /** Whether a process may say that it is that. */
  function claimed(cx: Context, { pid, uid, gid }: PeerIds): number {
    const { pid: own, ids } = process(cx)
    if (!kernel.table.processes.has(pid)) return -E.SRCH
    const isSelf = pid === own && [ids.uid, ids.euid].includes(uid) && [ids.gid, ids.egid].includes(gid)
    return isSelf || ids.euid === 0 ? 0 : -E.PERM
  }

  function urgent(cx: Context, call: string): number {
    kernel.gap(cx.process, 'behaviour unsupported', `${call} MSG_OOB`, 'urgent data')
    return -E.OPNOTSUPP
  }

  /** The socket at an address; undefined where nobody is, -ENOENT for a path that names nothing. */
  function at(cx: Context, address: SocketAddress, socket: SocketHandle): SocketHandle | undefined | number {
    const wrong = socket.mismatch(address)
    if (wrong < 0) return wrong
    const { type } = socket
    if (!isFile(address)) return kernel.sockets.find(address, type)
    const place = walk(process(cx).root, process(cx).cwd, address.path, true)
    if (typeof place === 'number') return place
    if (place.inode === undefined) return -E.NOENT
    const found = kernel.sockets.at(place.inode)
    return found === undefined || found.type === type ? found : -E.PROTOTYPE
  }

  /** Makes what came along the caller's, as far as it has room. */
  function keep(cx: Context, socket: SocketHandle, { files }: Taken, room: number, flags: number): { fds: number[]; lost: boolean } {
    const fds: number[] = []
    for (const description of files.slice(0, room)) {
      const fd = process(cx).files.add(description, (flags & MSG.CMSG_CLOEXEC) !== 0)
      if (fd < 0) break
      fds.push(fd)
    }
    if (!(flags & MSG.PEEK)) socket.drop(files)
    return { fds, lost: fds.length < files.length }
  }

  return {
    socket: (cx, domain, type, flags) => add(cx, new SocketHandle(kernel.sockets, domain, type), flags),
    socketpair(cx, type, flags) {
      const [one, two] = [0, 1].map(() => new SocketHandle(kernel.sockets, 'unix', type))
      const joined = one.join(two)
      if (joined < 0) return joined
      one.peerIds = two.peerIds = idsOf(cx)
      const first = add(cx, one, flags)
      if (first < 0) {
        kernel.close(two)
        return first
      }
      const second = add(cx, two, flags)
      if (second >= 0) return [first, second]
      process(cx).files.close(first)
      return second
    },
    bind: (cx, fd, address) =>
      withSocket(cx, fd, (socket) => {
        if (!isFile(address) || socket.domain !== 'unix') return socket.bind(address)
        if (socket.spot !== undefined)
          return typeof kernel.calls.stat(cx, AT_FDCWD, address.path, false) === 'number' ? -E.INVAL : -E.ADDRINUSE
        const made = kernel.calls.mknod(cx, AT_FDCWD, address.path, Mode.SOCK | 0o777)
        if (made < 0) return made === -E.EXIST ? -E.ADDRINUSE : made
        const place = walk(process(cx).root, process(cx).cwd, address.path, true)
        return typeof place === 'number' ? place : socket.bind(address, place.inode)
      }),
    listen: (cx, fd, backlog) => withSocket(cx, fd, (socket) => socket.listen(backlog, idsOf(cx))),
    *accept(cx, fd, flags) {
      const found = find(cx, fd)
      if (typeof found === 'number') return found
      const { description, socket } = found
      const got = yield* retry(
        description,
        () => socket.accept(),
        () => [socket.changed],
        deadline(socket, false),
      )
      if (typeof got === 'number') return got
      const made = add(cx, got, flags)
      return made < 0 ? made : { fd: made, peer: got.peer ?? { path: '' } }
    },
    *connect(cx, fd, address) {
      const found = find(cx, fd)
      if (typeof found === 'number') return found
      const { description, socket } = found
      const { underway } = socket
      let target: SocketHandle | undefined | number
      const attempt = (): number => {
        target = at(cx, address, socket)
        return typeof target === 'number' ? target : socket.connect(address, target, idsOf(cx))
      }
      const queues = () => (target instanceof SocketHandle ? [target.changed] : [])
      const done = yield* retry(description, attempt, queues, deadline(socket, true))
      return description.nonblocking && !underway ? socket.postpone(done) : done
    },
    shutdown: (cx, fd, how) => withSocket(cx, fd, (socket) => (how < 0 || how > 2 ? -E.INVAL : socket.shutdown(how))),
    *send(cx, fd, from, flags, to, fds = [], ids) {
      const own = find(cx, fd)
      if (typeof own === 'number') return own
      const { socket } = own
      if (flags & MSG.OOB) return urgent(cx, 'send')
      if (ids !== undefined) {
        const refused = claimed(cx, ids)
        if (refused < 0) return refused
      }
      const files = fds.map((each) => descriptor(cx, each))
      if (files.includes(undefined)) return -E.BADF
      const along = socket.domain === 'unix' ? (files as Description[]) : []
      const description = patient(own.description, flags)
      const until = deadline(socket, true)
      const found = to && socket.type === 'dgram' ? at(cx, to, socket) : undefined
      if (typeof found === 'number') return found
      const target = to && socket.type === 'dgram' ? { found } : undefined
      let total = 0
      do {
        const sent = yield* retry(
          description,
          () => socket.send(from.subarray(total), total === 0 ? along : [], target, ids),
          () => [socket.changed],
          until,
        )
        if (sent === -E.PIPE && total === 0 && !(flags & MSG.NOSIGNAL)) {
          kernel.signals.send(process(cx), cx as ContextState, { signal: SIG.PIPE, code: 0, pid: cx.process.pid, status: 0, address: 0 })
        }
        if (sent < 0) return total > 0 ? total : sent
        total += sent
      } while (socket.type === 'stream' && total < from.length && !description.nonblocking)
      return total
    },
    *recv(cx, fd, into, flags, room = 0) {
      const found = find(cx, fd)
      if (typeof found === 'number') return found
      const { socket } = found
      if (flags & MSG.OOB) return urgent(cx, 'recv')
      const until = deadline(socket, false)
      const description = patient(found.description, flags)
      let count = 0
      for (;;) {
        const got: Taken | number = yield* retry(
          description,
          () => socket.receive(into.subarray(count), (flags & MSG.PEEK) !== 0),
          () => [socket.changed],
          until,
        )
        if (typeof got === 'number') return count > 0 ? { count, fds: [], flags: 0 } : got
        const { fds, lost } = keep(cx, socket, got, room, flags)
        const { from, length, ids } = got
        count += flags & MSG.TRUNC ? length : got.count
        const whole =
          !(flags & MSG.WAITALL) ||
          socket.type !== 'stream' ||
          (flags & MSG.PEEK) !== 0 ||
          got.count === 0 ||
          fds.length > 0 ||
          ids !== undefined
        if (whole || count >= into.length) {
          return {
            count,
            fds,
            flags: (length > got.count ? MSG.TRUNC : 0) | (lost ? MSG.CTRUNC : 0),
            ...(from && { from }),
            ...(ids && { ids }),
          }
        }
      }
    },
    sockname: (cx, fd, peer) => withSocket(cx, fd, (socket) => (peer ? (socket.peer ?? -E.NOTCONN) : socket.local)),
    socketState: (cx, fd) => withSocket(cx, fd, (socket) => socket),
  }
}
