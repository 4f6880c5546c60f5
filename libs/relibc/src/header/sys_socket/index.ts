/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/sys_socket.h.html: the network ends at the node's own loopback. */
import type { Co, SocketAddress } from '@bootgraph/kernel'
import { answer, EFAULT, readable, source, target, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, type HeaderTable, leaf } from '../../registry/define.ts'
import { AF, readAddress, writeAddress } from './address.ts'
import { messageRows } from './message.ts'

const EINVAL = 22
const ENOPROTOOPT = 92
const EPROTONOSUPPORT = 93
const EAFNOSUPPORT = 97
const DOMAINS: Readonly<Record<number, 'unix' | 'inet' | 'inet6'>> = { [AF.unix]: 'unix', [AF.inet]: 'inet', [AF.inet6]: 'inet6' }
const TYPES: Readonly<Record<number, 'stream' | 'dgram'>> = { 1: 'stream', 2: 'dgram' }
const SEQPACKET = 5
const KERNEL = { cloexec: 0x100_0000, nonblock: 0x4_0000 } as const

/** SOCK_NONBLOCK and SOCK_CLOEXEC as the kernel's open flags. */
const kernelFlags = (c: LibcCall, type: number): number =>
  (type & c.abi.socket.nonblock ? KERNEL.nonblock : 0) | (type & c.abi.socket.cloexec ? KERNEL.cloexec : 0)
const plainType = (c: LibcCall, type: number): 'stream' | 'dgram' | undefined =>
  TYPES[type & ~(c.abi.socket.nonblock | c.abi.socket.cloexec)]

function socket(c: LibcCall, family: number, type: number): number {
  const domain = DOMAINS[family]
  const plain = plainType(c, type)
  if (domain === undefined) return c.fail(EAFNOSUPPORT)
  return plain === undefined ? c.fail(EPROTONOSUPPORT) : answer(c, c.kernel.socket(c.cx, domain, plain, kernelFlags(c, type)))
}

function socketpair(c: LibcCall, family: number, type: number, _protocol: number, out: number): number {
  const bare = type & ~(c.abi.socket.nonblock | c.abi.socket.cloexec)
  const plain = bare === SEQPACKET ? 'seqpacket' : TYPES[bare]
  if (family !== AF.unix) return c.fail(EAFNOSUPPORT)
  if (plain === undefined) return c.fail(EPROTONOSUPPORT)
  if (!writable(c, out, 8)) return c.fail(EFAULT)
  const pair = c.kernel.socketpair(c.cx, plain, kernelFlags(c, type))
  if (typeof pair === 'number') return c.fail(-pair)
  c.memory.setU32(out, pair[0])
  c.memory.setU32(out + 4, pair[1])
  return 0
}

function* accept4(c: LibcCall, fd: number, at: number, lengthAt: number, flags: number): Co<number> {
  if (at !== 0 && !writable(c, lengthAt, 4)) return c.fail(EFAULT)
  const got = yield* c.kernel.accept(c.cx, fd, kernelFlags(c, flags))
  if (typeof got === 'number') return c.fail(-got)
  return writeAddress(c, got.peer, at, lengthAt) ? got.fd : c.fail(EFAULT)
}

function* sendto(c: LibcCall, fd: number, buffer: number, size: number, flags: number, at: number, length: number): Co<number> {
  const from = source(c, buffer, size)
  if (from === undefined) return c.fail(EFAULT)
  const to = at === 0 ? undefined : readAddress(c, at, length)
  return typeof to === 'number' ? c.fail(to) : answer(c, yield* c.kernel.send(c.cx, fd, from, flags, to))
}

function* recvfrom(c: LibcCall, fd: number, buffer: number, size: number, flags: number, at: number, lengthAt: number): Co<number> {
  const into = target(c, buffer, size)
  if (into === undefined) return c.fail(EFAULT)
  const got = yield* c.kernel.recv(c.cx, fd, into, flags)
  if (typeof got === 'number') return c.fail(-got)
  return got.from === undefined || writeAddress(c, got.from, at, lengthAt) ? got.count : c.fail(EFAULT)
}

function name(c: LibcCall, fd: number, at: number, lengthAt: number, peer: boolean): number {
  const address = c.kernel.sockname(c.cx, fd, peer)
  if (typeof address === 'number') return c.fail(-address)
  return at !== 0 && writeAddress(c, address, at, lengthAt) ? 0 : c.fail(EFAULT)
}

function withAddress(c: LibcCall, at: number, length: number, body: (address: SocketAddress) => number): number {
  const address = readAddress(c, at, length)
  return typeof address === 'number' ? c.fail(address) : answer(c, body(address))
}

const SOL_SOCKET = 1
const IPPROTO_TCP = 6
const SO_ERROR = 4
/** REUSEADDR, BROADCAST, SNDBUF, RCVBUF, KEEPALIVE, LINGER, REUSEPORT: what a loopback without loss or reuse delays cannot show. */
const NO_EFFECT = new Set([2, 6, 7, 8, 9, 13, 15])
const TCP_NODELAY = 1

/** -errno if `fd` is not a socket. */
function isSocket(c: LibcCall, fd: number): number {
  const local = c.kernel.sockname(c.cx, fd, false)
  return typeof local === 'number' ? local : 0
}

/** SO_ERROR is 0: connect answers when it is done, so that no error is ever left over. */
function getsockopt(c: LibcCall, fd: number, level: number, option: number, out: number, lengthAt: number): number {
  const failed = isSocket(c, fd)
  if (failed < 0) return c.fail(-failed)
  if (!writable(c, lengthAt, 4)) return c.fail(EFAULT)
  if (c.memory.getU32(lengthAt) < 4) return c.fail(EINVAL)
  if (!writable(c, out, 4)) return c.fail(EFAULT)
  if (level !== SOL_SOCKET || option !== SO_ERROR) {
    c.gap('getsockopt', `level ${level} option ${option}`)
    return c.fail(ENOPROTOOPT)
  }
  c.memory.setU32(out, 0)
  c.memory.setU32(lengthAt, 4)
  return 0
}

function setsockopt(c: LibcCall, fd: number, level: number, option: number, value: number, length: number): number {
  const failed = isSocket(c, fd)
  if (failed < 0) return c.fail(-failed)
  if (!readable(c, value, length)) return c.fail(EFAULT)
  if (level === SOL_SOCKET ? NO_EFFECT.has(option) : level === IPPROTO_TCP && option === TCP_NODELAY) return 0
  c.gap('setsockopt', `level ${level} option ${option}`)
  return c.fail(ENOPROTOOPT)
}

export const sysSocket: HeaderTable = {
  name: 'sys/socket',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/sys_socket.h.html',
  rows: [
    blocking('accept', 'int(int, ptr, ptr)', (c, fd: number, at: number, lengthAt: number) => accept4(c, fd, at, lengthAt, 0)),
    blocking('accept4', 'int(int, ptr, ptr, int)', accept4),
    leaf('bind', 'int(int, ptr, uint)', (c, fd: number, at: number, length: number) =>
      withAddress(c, at, length, (address) => c.kernel.bind(c.cx, fd, address)),
    ),
    blocking('connect', 'int(int, ptr, uint)', function* (c, fd: number, at: number, length: number) {
      const address = readAddress(c, at, length)
      return typeof address === 'number' ? c.fail(address) : answer(c, yield* c.kernel.connect(c.cx, fd, address))
    }),
    leaf('getpeername', 'int(int, ptr, ptr)', (c, fd: number, at: number, lengthAt: number) => name(c, fd, at, lengthAt, true)),
    leaf('getsockname', 'int(int, ptr, ptr)', (c, fd: number, at: number, lengthAt: number) => name(c, fd, at, lengthAt, false)),
    leaf('getsockopt', 'int(int, int, int, ptr, ptr)', getsockopt, 'partial', 'SO_ERROR only'),
    leaf('listen', 'int(int, int)', (c, fd: number, backlog: number) => answer(c, c.kernel.listen(c.cx, fd, backlog))),
    blocking('recv', 'long(int, ptr, size, int)', (c, fd: number, buffer: number, size: number, flags: number) =>
      recvfrom(c, fd, buffer, size, flags, 0, 0),
    ),
    blocking('recvfrom', 'long(int, ptr, size, int, ptr, ptr)', recvfrom),
    blocking('send', 'long(int, ptr, size, int)', (c, fd: number, buffer: number, size: number, flags: number) =>
      sendto(c, fd, buffer, size, flags, 0, 0),
    ),
    blocking('sendto', 'long(int, ptr, size, int, ptr, uint)', sendto),
    leaf('setsockopt', 'int(int, int, int, ptr, uint)', setsockopt, 'partial', 'options that a loopback cannot show have no effect'),
    leaf('shutdown', 'int(int, int)', (c, fd: number, how: number) => answer(c, c.kernel.shutdown(c.cx, fd, how))),
    leaf('socket', 'int(int, int, int)', socket),
    leaf('socketpair', 'int(int, int, int, ptr)', socketpair),
    ...messageRows,
  ],
}
