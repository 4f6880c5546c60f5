/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/netdb.h.html */
import type { Co } from '@bootgraph/kernel'
import { putString, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, type HeaderTable, leaf } from '../../registry/define.ts'
import { formatV4, formatV6 } from '../arpa_inet/text.ts'
import { constant } from '../constant.ts'
import { enumeration, lookUp, stateOf } from '../database.ts'
import { calloc, free } from '../stdlib/malloc.ts'
import { AF } from '../sys_socket/address.ts'
import { ALIASES, isNamed, NETWORKS, networkOrder, PROGRAMS, PROTOCOLS, SERVICES, services } from './databases.ts'
import { hostRows } from './host-rows.ts'
import { HOSTS, type Host, hostAt, hostsNamed } from './hosts.ts'
import { scopeText } from './scope.ts'

/** struct addrinfo: { flags, family, socktype, protocol i32 @0, addrlen u32 @16, addr @24, canonname @32, next @40 }. */
const INFO = 48
const Eai = { BADFLAGS: -1, NONAME: -2, FAMILY: -6, SOCKTYPE: -7, SERVICE: -8, ADDRFAMILY: -9, MEMORY: -10, OVERFLOW: -12 } as const
const Flag = { passive: 1, canonName: 2, numericHost: 4, v4Mapped: 8, numericService: 0x400 } as const
const ALL_FLAGS = 0x7ff
/** Socket types with their protocols, in the order of the answers. */
const TYPES = [
  [1, 6, 'tcp'],
  [2, 17, 'udp'],
  [3, 0, ''],
] as const

/** sin6_scope_id, the last word of struct sockaddr_in6. */
const SIN6_SCOPE = 24
const IN6_SIZE = 28

function sockaddr(c: LibcCall, at: number, host: Host, port: number): number {
  const { memory } = c
  memory.setU16(at, host.family === 'inet' ? AF.inet : AF.inet6)
  memory.setU8(at + 2, port >> 8)
  memory.setU8(at + 3, port & 255)
  memory.u8.set(host.bytes, at + (host.family === 'inet' ? 4 : 8))
  if (host.family === 'inet6') memory.setU32(at + SIN6_SCOPE, host.scope ?? 0)
  return host.family === 'inet' ? 16 : 28
}

const isNumber = (service: string): boolean => /^\s*\d*$/.test(service)
/** The address in IPv6 of a host of IPv4. */
const mapped = ({ bytes, names }: Host): Host => ({
  family: 'inet6',
  bytes: Uint8Array.of(...new Uint8Array(10), 255, 255, ...bytes),
  names,
})

function* portOf(c: LibcCall, text: string, protocol: string): Co<number | undefined> {
  if (isNumber(text)) return Number(text) & 0xffff
  return (yield* services(c)).find(
    (each) => (each.name === text || each.aliases.includes(text)) && (protocol === '' || each.protocol === protocol),
  )?.port
}

function* getaddrinfo(c: LibcCall, name: number, service: number, hints: number, out: number): Co<number> {
  const { memory } = c
  if (!writable(c, out, 8) || (hints !== 0 && !readable(c, hints, INFO))) return Eai.MEMORY
  if (name === 0 && service === 0) return Eai.NONAME
  const [flags, family, type, protocol] = hints === 0 ? [0, 0, 0, 0] : [0, 4, 8, 12].map((offset) => memory.getI32(hints + offset))
  if (flags & ~ALL_FLAGS || (flags & Flag.canonName && name === 0)) return Eai.BADFLAGS
  if (flags & Flag.numericService && service !== 0 && !isNumber(c.string(service))) return Eai.NONAME
  if (family !== 0 && family !== AF.inet && family !== AF.inet6) return Eai.FAMILY
  const text = name === 0 ? '' : c.string(name)
  const zero = (flags & Flag.passive) !== 0
  const own: Host[] = [
    { family: 'inet6', bytes: Uint8Array.from({ length: 16 }, (_, i) => (zero || i < 15 ? 0 : 1)), names: [] },
    { family: 'inet', bytes: zero ? new Uint8Array(4) : Uint8Array.of(127, 0, 0, 1), names: [] },
  ]
  const all = name === 0 ? (zero ? own.reverse() : own) : yield* hostsNamed(c, text)
  const asked = all.filter((host) => family === 0 || (family === AF.inet) === (host.family === 'inet'))
  const hosts = asked.length === 0 && family === AF.inet6 && flags & Flag.v4Mapped ? all.map(mapped) : asked
  if ((flags & Flag.numericHost) !== 0 && hosts.some((host) => host.names[0] !== text)) return Eai.NONAME
  if (hosts.length === 0) return all.length > 0 ? Eai.ADDRFAMILY : Eai.NONAME
  const kinds = TYPES.filter(
    ([socket, number]) => (type === 0 || type === socket) && (protocol === 0 || number === 0 || protocol === number),
  )
  if (kinds.length === 0) return type === 0 ? Eai.SERVICE : Eai.SOCKTYPE
  let first = 0
  let link = 0
  for (const host of hosts) {
    for (const [socket, number, word] of kinds) {
      const port = service === 0 ? 0 : yield* portOf(c, c.string(service), word)
      if (port === undefined) continue
      const at = calloc(c, 1, INFO + 28 + (first === 0 && flags & Flag.canonName ? text.length + 1 : 0))
      if (at === 0) return Eai.MEMORY
      for (const [i, value] of [flags, host.family === 'inet' ? AF.inet : AF.inet6, socket, protocol || number].entries())
        memory.setI32(at + 4 * i, value)
      memory.setU32(at + 16, sockaddr(c, at + INFO, host, port))
      memory.setSize(at + 24, at + INFO)
      if (first === 0 && flags & Flag.canonName) {
        putString(c, at + INFO + 28, text.length + 1, text)
        memory.setSize(at + 32, at + INFO + 28)
      }
      if (link !== 0) memory.setSize(link + 40, at)
      first ||= at
      link = at
    }
  }
  if (first === 0) return Eai.SERVICE
  memory.setSize(out, first)
  return 0
}

function freeaddrinfo(c: LibcCall, at: number): void {
  for (let info = at; info !== 0 && readable(c, info, INFO); ) {
    const next = c.memory.getSize(info + 40)
    free(c, info)
    info = next
  }
}

/** NI_NUMERICHOST 1, NI_NUMERICSERV 2, NI_NAMEREQD 8. */
function* getnameinfo(
  c: LibcCall,
  at: number,
  length: number,
  host: number,
  hostSize: number,
  service: number,
  serviceSize: number,
  flags: number,
): Co<number> {
  if (!readable(c, at, Math.max(length, 16))) return Eai.FAMILY
  const family = c.memory.getU16(at)
  if (family !== AF.inet && family !== AF.inet6) return Eai.FAMILY
  const bytes = family === AF.inet ? c.memory.u8.slice(at + 4, at + 8) : c.memory.u8.slice(at + 8, at + 24)
  const port = (c.memory.getU8(at + 2) << 8) | c.memory.getU8(at + 3)
  const known = (flags & 1) === 0 ? (yield* hostAt(c, bytes))?.names[0] : undefined
  if (known === undefined && flags & 8) return Eai.NONAME
  const name =
    known ??
    (family === AF.inet ? formatV4(bytes) : formatV6(bytes) + scopeText(bytes, length < IN6_SIZE ? 0 : c.memory.getU32(at + SIN6_SCOPE)))
  const found = flags & 2 ? undefined : (yield* services(c)).find((each) => each.port === port)?.name
  if (host !== 0 && hostSize > 0 && (!writable(c, host, hostSize) || putString(c, host, hostSize, name) < 0)) return Eai.OVERFLOW
  const word = found ?? String(port)
  if (service !== 0 && serviceSize > 0 && (!writable(c, service, serviceSize) || putString(c, service, serviceSize, word) < 0))
    return Eai.OVERFLOW
  return 0
}

const MESSAGES: Readonly<Record<number, string>> = {
  [-1]: 'Bad value for ai_flags',
  [-2]: 'Name or service not known',
  [-3]: 'Temporary failure in name resolution',
  [-4]: 'Non-recoverable failure in name resolution',
  [-5]: 'No address associated with hostname',
  [-6]: 'ai_family not supported',
  [-7]: 'ai_socktype not supported',
  [-8]: 'Servname not supported for ai_socktype',
  [-9]: 'Address family for hostname not supported',
  [-10]: 'Memory allocation failure',
  [-11]: 'System error',
  [-12]: 'Argument buffer overflow',
}
/** The entry for a protocol, or for any if the pointer is null. */
const ofProtocol = (c: LibcCall, at: number): ((each: { readonly protocol: string }) => boolean) => {
  const text = at === 0 ? undefined : c.string(at)
  return ({ protocol }) => text === undefined || protocol === text
}
const named = (c: LibcCall, at: number) => isNamed(c.string(at))

export const netdb: HeaderTable = {
  name: 'netdb, aliases',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/netdb.h.html',
  rows: [
    leaf('freeaddrinfo', 'void(ptr)', freeaddrinfo),
    leaf('gai_strerror', 'ptr(int)', (c, code: number) => constant(c, MESSAGES[code] ?? 'Unknown error')),
    blocking('getaddrinfo', 'int(ptr, ptr, ptr, ptr)', getaddrinfo, 'partial', 'names of /etc/hosts: a node has no name server'),
    blocking('getnameinfo', 'int(ptr, uint, ptr, uint, ptr, uint, int)', getnameinfo),
    stateOf(HOSTS),
    ...enumeration(HOSTS, 'hostent'),
    ...hostRows,
    stateOf(NETWORKS),
    ...enumeration(NETWORKS, 'netent'),
    ...lookUp(NETWORKS, 'getnetbyname', 'ptr', named),
    ...lookUp(
      NETWORKS,
      'getnetbyaddr',
      'uint, int',
      (_, net: number, family: number) => (each) => each.net === net && (family === 0 || family === AF.inet),
    ),
    stateOf(PROTOCOLS),
    ...enumeration(PROTOCOLS, 'protoent'),
    ...lookUp(PROTOCOLS, 'getprotobyname', 'ptr', named),
    ...lookUp(PROTOCOLS, 'getprotobynumber', 'int', (_, number: number) => (each) => each.number === number),
    stateOf(SERVICES),
    ...enumeration(SERVICES, 'servent'),
    ...lookUp(SERVICES, 'getservbyname', 'ptr, ptr', (c, name: number, protocol: number) => {
      const [byName, fits] = [named(c, name), ofProtocol(c, protocol)]
      return (each) => byName(each) && fits(each)
    }),
    ...lookUp(SERVICES, 'getservbyport', 'int, ptr', (c, port: number, protocol: number) => {
      const fits = ofProtocol(c, protocol)
      return (each) => each.port === networkOrder(port) && fits(each)
    }),
    stateOf(PROGRAMS),
    ...enumeration(PROGRAMS, 'rpcent'),
    ...lookUp(PROGRAMS, 'getrpcbyname', 'ptr', named),
    ...lookUp(PROGRAMS, 'getrpcbynumber', 'int', (_, number: number) => (each) => each.number === number),
    stateOf(ALIASES),
    ...enumeration(ALIASES, 'aliasent'),
    ...lookUp(ALIASES, 'getaliasbyname', 'ptr', (c, name: number) => {
      const text = c.string(name).toLowerCase()
      return (each) => each.name.toLowerCase() === text
    }),
  ],
}
