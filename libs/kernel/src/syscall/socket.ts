import { E } from '../abi/error.ts'
import { O } from '../abi/flag.ts'
import type { KernelCalls } from '../calls.ts'
import type { Context } from '../context/context.ts'
import { Description } from '../context/file.ts'
import type { ContextState } from '../context/process.ts'
import { SIG } from '../context/signal.ts'
import type { Kernel } from '../kernel.ts'
import { SocketHandle } from '../scheme/socket.ts'
import { descriptor, install, process, retry } from './fs.ts'

type Calls = Pick<
  KernelCalls,
  'socket' | 'socketpair' | 'bind' | 'listen' | 'accept' | 'connect' | 'shutdown' | 'send' | 'recv' | 'sockname'
>

const MSG = { PEEK: 2, DONTWAIT: 0x40, NOSIGNAL: 0x4000 } as const

/** Sockets; `flags` are Linux's MSG_* for send and recv and O_* elsewhere. */
export function socketCalls(kernel: Kernel): Calls {
  function find(cx: Context, fd: number): { description: Description; socket: SocketHandle } | number {
    const description = descriptor(cx, fd)
    if (description === undefined) return -E.BADF
    return description.handle instanceof SocketHandle ? { description, socket: description.handle } : -E.NOTSOCK
  }
  const add = (cx: Context, socket: SocketHandle, flags: number) =>
    install(kernel, process(cx), socket, O.RDWR | (flags & (O.NONBLOCK | O.CLOEXEC)))
  const patient = (description: Description, flags: number) =>
    flags & MSG.DONTWAIT ? new Description(description.handle, description.flags | O.NONBLOCK) : description

  return {
    socket: (cx, domain, type, flags) => add(cx, new SocketHandle(kernel.sockets, domain, type), flags),
    socketpair(cx, type, flags) {
      const made = () => new SocketHandle(kernel.sockets, 'unix', type === 'stream' ? 'stream' : 'dgram', type === 'seqpacket')
      const [one, two] = [made(), made()]
      const joined = one.join(two)
      if (joined < 0) return joined
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
    bind(cx, fd, address) {
      const found = find(cx, fd)
      return typeof found === 'number' ? found : found.socket.bind(address)
    },
    listen(cx, fd, backlog) {
      const found = find(cx, fd)
      return typeof found === 'number' ? found : found.socket.listen(backlog)
    },
    *accept(cx, fd, flags) {
      const found = find(cx, fd)
      if (typeof found === 'number') return found
      const { description, socket } = found
      const got = yield* retry(
        description,
        () => socket.accept(),
        () => [socket.changed],
      )
      if (typeof got === 'number') return got
      const made = add(cx, got, flags)
      return made < 0 ? made : { fd: made, peer: got.peer ?? { path: '' } }
    },
    *connect(cx, fd, address) {
      const found = find(cx, fd)
      if (typeof found === 'number') return found
      for (;;) {
        const done = found.socket.connect(address)
        if (done !== -E.AGAIN || found.description.nonblocking) return done
        yield { yield: true }
      }
    },
    shutdown(cx, fd, how) {
      const found = find(cx, fd)
      if (typeof found === 'number') return found
      return how < 0 || how > 2 ? -E.INVAL : found.socket.shutdown(how)
    },
    *send(cx, fd, from, flags, to) {
      const found = find(cx, fd)
      if (typeof found === 'number') return found
      const { description, socket } = found
      const sent = yield* retry(
        patient(description, flags),
        () => socket.send(from, to),
        () => [socket.changed],
      )
      if (sent === -E.PIPE && !(flags & MSG.NOSIGNAL)) {
        kernel.signals.send(process(cx), cx as ContextState, { signal: SIG.PIPE, code: 0, pid: cx.process.pid, status: 0, address: 0 })
      }
      return sent
    },
    *recv(cx, fd, into, flags) {
      const found = find(cx, fd)
      if (typeof found === 'number') return found
      const { description, socket } = found
      const peek = (flags & MSG.PEEK) !== 0
      if (peek && socket.type === 'stream') kernel.gap(cx.process, 'behaviour unsupported', 'recv MSG_PEEK', 'on a stream')
      return yield* retry(
        patient(description, flags),
        () => socket.receive(into, peek),
        () => [socket.changed],
      )
    },
    sockname(cx, fd, peer) {
      const found = find(cx, fd)
      if (typeof found === 'number') return found
      return peer ? (found.socket.peer ?? -E.NOTCONN) : found.socket.local
    },
  }
}
