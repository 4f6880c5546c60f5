/** getsockopt and setsockopt (Linux socket(7), ip(7), ipv6(7), tcp(7)); relibc has the same numbers. */
import type { SocketOptions, SocketState } from '@bootgraph/kernel'
import { EFAULT, source, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { leaf, type SymbolRow } from '../../registry/define.ts'
import { AF } from './address.ts'

const EINVAL = 22
const EDOM = 33
const ENOPROTOOPT = 92
const EOPNOTSUPP = 95

const Level = { ip: 0, socket: 1, tcp: 6, ipv6: 41 } as const
const TYPES = { stream: 1, dgram: 2, seqpacket: 5 } as const
const PROTOCOLS = { stream: 6, dgram: 17, seqpacket: 0 } as const
const NOBODY = { pid: 0, uid: -1, gid: -1 }
const MILLION = 1_000_000n
const BILLION = 1_000_000_000n
/** What Linux gives a socket to hold, and lets a program ask for (net/core/sock.c). */
const BUFFER = 212_992
/** Bytes of the largest option, struct timeval. */
const SIZE_MAX = 16

/** What an option is, as the bytes that the guest passes: an int or a struct. */
interface Option {
  readonly get: (state: SocketState) => Uint8Array
  /** Bytes that setsockopt needs. An option that is only asked for has none. */
  readonly size?: number
  /** An errno, or 0. */
  readonly set?: (options: SocketOptions, value: DataView) => number
}

const ints = (...values: readonly number[]): Uint8Array => new Uint8Array(Int32Array.from(values).buffer)
const fact = (value: (state: SocketState) => number): Option => ({ get: (state) => ints(value(state)) })
/** An int that is only kept, as `rule` has it; what that leaves undefined is refused. */
const kept = (name: string, first: number, rule: (value: number) => number | undefined = (value) => value): Option => ({
  ...fact(({ options }) => options.values.get(name) ?? first),
  size: 4,
  set({ values }, view) {
    const value = rule(view.getInt32(0, true))
    if (value === undefined) return EINVAL
    values.set(name, value)
    return 0
  },
})
const flag = (name: string, first = 0): Option => kept(name, first, (value) => (value === 0 ? 0 : 1))
const between = (name: string, first: number, least: number, most: number): Option =>
  kept(name, first, (value) => (value >= least && value <= most ? value : undefined))
/** -1 asks for the system's own. */
const hops = (name: string, first: number): Option =>
  kept(name, first, (value) => (value === -1 ? first : value >= 1 && value <= 255 ? value : undefined))
/** Linux keeps twice what is asked for, for its own needs (net/core/sock.c). `stream`: what TCP begins with. */
const buffer = (name: string, least: number, stream: number): Option => ({
  ...kept(name, BUFFER, (value) => Math.max(2 * Math.min(value < 0 ? BUFFER : value, BUFFER), least)),
  get: ({ domain, type, options }) => ints(options.values.get(name) ?? (domain !== 'unix' && type === 'stream' ? stream : BUFFER)),
})
const timeout = (name: 'receiveTimeout' | 'sendTimeout'): Option => ({
  size: 16,
  get: ({ options }) => new Uint8Array(BigInt64Array.of(options[name] / BILLION, (options[name] % BILLION) / 1000n).buffer),
  set(options, view) {
    const micros = view.getBigInt64(8, true)
    if (micros < 0n || micros >= MILLION) return EDOM
    const ns = view.getBigInt64(0, true) * BILLION + micros * 1000n
    // A time before now has come at the first look.
    options[name] = ns < 0n ? 1n : ns
    return 0
  },
})

const OPTIONS: Readonly<Record<number, Readonly<Record<number, Option>>>> = {
  [Level.socket]: {
    2: flag('SO_REUSEADDR'),
    3: fact(({ type }) => TYPES[type]),
    4: fact((state) => state.takeError()),
    5: flag('SO_DONTROUTE'),
    6: flag('SO_BROADCAST'),
    7: buffer('SO_SNDBUF', 4608, 16_384),
    8: buffer('SO_RCVBUF', 2304, 131_072),
    9: flag('SO_KEEPALIVE'),
    10: flag('SO_OOBINLINE'),
    12: kept('SO_PRIORITY', 0),
    13: {
      size: 8,
      get: ({ options: { linger } }) => ints(linger === undefined ? 0 : 1, linger ?? 0),
      set(options, view) {
        options.linger = view.getInt32(0, true) === 0 ? undefined : view.getInt32(4, true)
        return 0
      },
    },
    15: flag('SO_REUSEPORT'),
    16: flag('SO_PASSCRED'),
    17: { get: ({ peerIds: { pid, uid, gid } = NOBODY }) => ints(pid, uid, gid) },
    20: timeout('receiveTimeout'),
    21: timeout('sendTimeout'),
    30: fact(({ listening }) => (listening ? 1 : 0)),
    38: fact(({ domain, type }) => (domain === 'unix' ? 0 : PROTOCOLS[type])),
    39: fact(({ domain }) => AF[domain]),
  },
  [Level.ip]: {
    1: kept('IP_TOS', 0, (value) => value & 0xff),
    2: hops('IP_TTL', 64),
    33: hops('IP_MULTICAST_TTL', 1),
    34: flag('IP_MULTICAST_LOOP', 1),
  },
  [Level.tcp]: {
    1: flag('TCP_NODELAY'),
    3: flag('TCP_CORK'),
    4: between('TCP_KEEPIDLE', 7200, 1, 32_767),
    5: between('TCP_KEEPINTVL', 75, 1, 32_767),
    6: between('TCP_KEEPCNT', 9, 1, 127),
    12: flag('TCP_QUICKACK', 1),
    18: between('TCP_USER_TIMEOUT', 0, 0, 0x7fff_ffff),
  },
  [Level.ipv6]: {
    16: hops('IPV6_UNICAST_HOPS', 64),
    18: hops('IPV6_MULTICAST_HOPS', 1),
    19: flag('IPV6_MULTICAST_LOOP', 1),
    26: {
      ...fact(({ options }) => (options.v6Only ? 1 : 0)),
      size: 4,
      set(options, view) {
        options.v6Only = view.getInt32(0, true) !== 0
        return 0
      },
    },
  },
}

/** Whether a socket has options of a level at all. */
const speaks = ({ domain, type }: SocketState, level: number): boolean =>
  level === Level.socket ||
  (level === Level.ip && domain !== 'unix') ||
  (level === Level.tcp && domain !== 'unix' && type === 'stream') ||
  (level === Level.ipv6 && domain === 'inet6')

/** The option and the socket's state, or an errno; `foreign` is that of a level which the socket does not have. */
function find(c: LibcCall, fd: number, level: number, number: number, call: string, foreign: number): [Option, SocketState] | number {
  const state = c.kernel.socketState(c.cx, fd)
  if (typeof state === 'number') return -state
  if (!speaks(state, level)) return state.domain === 'unix' ? EOPNOTSUPP : foreign
  const option = OPTIONS[level][number]
  if (option !== undefined) return [option, state]
  c.gap(call, `level ${level} option ${number}`)
  return ENOPROTOOPT
}

function getsockopt(c: LibcCall, fd: number, level: number, number: number, out: number, lengthAt: number): number {
  const found = find(c, fd, level, number, 'getsockopt', EOPNOTSUPP)
  if (typeof found === 'number') return c.fail(found)
  const [option, state] = found
  if (!writable(c, lengthAt, 4)) return c.fail(EFAULT)
  const room = c.memory.getI32(lengthAt)
  if (room < 0) return c.fail(EINVAL)
  if (!writable(c, out, Math.min(room, SIZE_MAX))) return c.fail(EFAULT)
  const bytes = option.get(state).subarray(0, room)
  c.memory.u8.set(bytes, out)
  c.memory.setU32(lengthAt, bytes.length)
  return 0
}

function setsockopt(c: LibcCall, fd: number, level: number, number: number, value: number, length: number): number {
  const found = find(c, fd, level, number, 'setsockopt', ENOPROTOOPT)
  if (typeof found === 'number') return c.fail(found)
  const [option, state] = found
  if (option.set === undefined) return c.fail(ENOPROTOOPT)
  const { size = 4 } = option
  if (length < size) return c.fail(EINVAL)
  const bytes = source(c, value, size)
  if (bytes === undefined) return c.fail(EFAULT)
  const failed = option.set(state.options, new DataView(bytes.buffer, bytes.byteOffset, size))
  return failed === 0 ? 0 : c.fail(failed)
}

export const optionRows: readonly SymbolRow[] = [
  leaf(
    'getsockopt',
    'int(int, int, int, ptr, ptr)',
    getsockopt,
    'partial',
    'options of the table; sizes of buffers do not grow by themselves',
  ),
  leaf(
    'setsockopt',
    'int(int, int, int, ptr, uint)',
    setsockopt,
    'partial',
    'options of the table; what a loopback cannot show is only kept',
  ),
]
