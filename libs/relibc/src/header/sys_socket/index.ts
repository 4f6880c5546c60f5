/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/sys_socket.h.html: the network ends at the node's own loopback. */
import type { Co, SocketAddress, SocketType } from '@bootgraph/kernel'
import { answer, EFAULT, source, target, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, type HeaderTable, leaf } from '../../registry/define.ts'
import { AF, readAddress, writeAddress } from './address.ts'
import { messageRows } from './message.ts'
import { optionRows } from './options.ts'

const EINVAL = 22
const ENOTTY = 25
const ENOTSOCK = 88
const EPROTONOSUPPORT = 93
const ESOCKTNOSUPPORT = 94
const EOPNOTSUPP = 95
const EAFNOSUPPORT = 97
const DOMAINS: Readonly<Record<number, 'unix' | 'inet' | 'inet6'>> = { [AF.unix]: 'unix', [AF.inet]: 'inet', [AF.inet6]: 'inet6' }
/** SOCK_RAW between unix sockets is SOCK_DGRAM. */
const TYPES: Readonly<Record<'unix' | 'inet' | 'inet6', Readonly<Record<number, SocketType>>>> = {
  unix: { 1: 'stream', 2: 'dgram', 3: 'dgram', 5: 'seqpacket' },
  inet: { 1: 'stream', 2: 'dgram' },
  inet6: { 1: 'stream', 2: 'dgram' },
}
const SOCK_RAW = 3
const SOCK_MAX = 11
/** IPPROTO_TCP and IPPROTO_UDP. */
const PROTOCOLS: Readonly<Record<SocketType, number>> = { stream: 6, dgram: 17, seqpacket: 0 }
const KERNEL = { cloexec: 0x100_0000, nonblock: 0x4_0000 } as const

/** SOCK_NONBLOCK and SOCK_CLOEXEC as the kernel's open flags. */
const kernelFlags = (c: LibcCall, type: number): number =>
  (type & c.abi.socket.nonblock ? KERNEL.nonblock : 0) | (type & c.abi.socket.cloexec ? KERNEL.cloexec : 0)

/** What a socket of these numbers is, or an errno. */
function kind(
  c: LibcCall,
  family: number,
  type: number,
  protocol: number,
): { domain: 'unix' | 'inet' | 'inet6'; type: SocketType } | number {
  const domain = DOMAINS[family]
  if (domain === undefined) return EAFNOSUPPORT
  const bare = type & ~(c.abi.socket.nonblock | c.abi.socket.cloexec)
  if (bare < 0 || bare >= SOCK_MAX) return EINVAL
  const known = TYPES[domain][bare]
  const own = domain === 'unix' ? AF.unix : PROTOCOLS[known]
  if (protocol !== 0 && protocol !== own) return EPROTONOSUPPORT
  return known === undefined ? (bare === SOCK_RAW ? EPROTONOSUPPORT : ESOCKTNOSUPPORT) : { domain, type: known }
}

function socket(c: LibcCall, family: number, type: number, protocol: number): number {
  const made = kind(c, family, type, protocol)
  return typeof made === 'number' ? c.fail(made) : answer(c, c.kernel.socket(c.cx, made.domain, made.type, kernelFlags(c, type)))
}

function socketpair(c: LibcCall, family: number, type: number, protocol: number, out: number): number {
  const made = kind(c, family, type, protocol)
  if (typeof made === 'number') return c.fail(made)
  if (made.domain !== 'unix') return c.fail(EOPNOTSUPP)
  if (!writable(c, out, 8)) return c.fail(EFAULT)
  const pair = c.kernel.socketpair(c.cx, made.type, kernelFlags(c, type))
  if (typeof pair === 'number') return c.fail(-pair)
  c.memory.setU32(out, pair[0])
  c.memory.setU32(out + 4, pair[1])
  return 0
}

function* accept4(c: LibcCall, fd: number, at: number, lengthAt: number, flags: number): Co<number> {
  if (flags & ~(c.abi.socket.nonblock | c.abi.socket.cloexec)) return c.fail(EINVAL)
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
  return writeAddress(c, got.from, at, lengthAt) ? got.count : c.fail(EFAULT)
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
    leaf('listen', 'int(int, int)', (c, fd: number, backlog: number) => answer(c, c.kernel.listen(c.cx, fd, backlog))),
    blocking('recv', 'long(int, ptr, size, int)', (c, fd: number, buffer: number, size: number, flags: number) =>
      recvfrom(c, fd, buffer, size, flags, 0, 0),
    ),
    blocking('recvfrom', 'long(int, ptr, size, int, ptr, ptr)', recvfrom),
    blocking('send', 'long(int, ptr, size, int)', (c, fd: number, buffer: number, size: number, flags: number) =>
      sendto(c, fd, buffer, size, flags, 0, 0),
    ),
    blocking('sendto', 'long(int, ptr, size, int, ptr, uint)', sendto),
    leaf('shutdown', 'int(int, int)', (c, fd: number, how: number) => answer(c, c.kernel.shutdown(c.cx, fd, how))),
    // Without urgent data no mark is ever reached.
    leaf('sockatmark', 'int(int)', (c, fd: number) => {
      const state = c.kernel.socketState(c.cx, fd)
      return typeof state !== 'number' ? 0 : c.fail(-state === ENOTSOCK ? ENOTTY : -state)
    }),
    leaf('socket', 'int(int, int, int)', socket),
    leaf('socketpair', 'int(int, int, int, ptr)', socketpair),
    ...messageRows,
    ...optionRows,
  ],
}
