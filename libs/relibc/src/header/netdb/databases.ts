/** /etc/protocols, services, networks, rpc and aliases (each of section 5 of the manual) as the structs of netdb.h and aliases.h. */
import type { Co } from '@bootgraph/kernel'
import type { LibcCall } from '../../registry/call.ts'
import { numbers } from '../arpa_inet/text.ts'
import { type Database, lines, parseLines, readText } from '../database.ts'
import { AF } from '../sys_socket/address.ts'

/** The words of a line without its comment. */
export const words = (line: string): string[] =>
  line
    .replace(/#.*/, '')
    .split(/\s+/)
    .filter((word) => word !== '')

interface Named {
  readonly name: string
  readonly aliases: readonly string[]
}
export interface Protocol extends Named {
  readonly number: number
}
export interface Service extends Named {
  readonly port: number
  readonly protocol: string
}
export interface Network extends Named {
  /** In host order. */
  readonly net: number
}
export interface MailAlias {
  readonly name: string
  readonly members: readonly string[]
}

export const isNamed =
  (text: string) =>
  ({ name, aliases }: Named): boolean =>
    name === text || aliases.includes(text)

const numbered = (line: string): Protocol | undefined => {
  const [name, number, ...aliases] = words(line)
  return number !== undefined && /^\d+$/.test(number) ? { name, aliases, number: Number(number) } : undefined
}

/** What every system knows (IANA protocol numbers), for a tree without the file. */
const PROTOCOLS_KNOWN: readonly Protocol[] = [
  { name: 'ip', number: 0, aliases: ['IP'] },
  { name: 'icmp', number: 1, aliases: ['ICMP'] },
  { name: 'tcp', number: 6, aliases: ['TCP'] },
  { name: 'udp', number: 17, aliases: ['UDP'] },
  { name: 'ipv6', number: 41, aliases: ['IPv6'] },
  { name: 'ipv6-icmp', number: 58, aliases: ['IPv6-ICMP'] },
]
const protocolLines = lines('/etc/protocols', numbered)

/** struct protoent and struct rpcent: { name, aliases, number i32 }. */
const numberedFields: Database<Protocol>['fields'] = ({ name, aliases, number }) => [
  [8, 'list', aliases],
  [0, 'text', name],
  [16, 'int', number],
]

export const PROTOCOLS: Database<Protocol> = {
  state: '__libc_protoent',
  size: 24,
  *read(c) {
    const listed = yield* protocolLines(c)
    return typeof listed === 'number' ? PROTOCOLS_KNOWN : listed
  },
  fields: numberedFields,
}

export const PROGRAMS: Database<Protocol> = { state: '__libc_rpcent', size: 24, read: lines('/etc/rpc', numbered), fields: numberedFields }

const serviceLines = lines('/etc/services', (line): Service | undefined => {
  const [name, place = '', ...aliases] = words(line)
  const [port, protocol] = place.split('/')
  return /^\d+$/.test(port) && protocol !== undefined ? { name, aliases, port: Number(port), protocol } : undefined
})

/** All services; none if there is no such file. */
export function* services(c: LibcCall): Co<readonly Service[]> {
  const listed = yield* serviceLines(c)
  return typeof listed === 'number' ? [] : listed
}

export const networkOrder = (port: number): number => ((port & 255) << 8) | ((port >> 8) & 255)

/** struct servent: { name, aliases, port i32 in network order, proto }. */
export const SERVICES: Database<Service> = {
  state: '__libc_servent',
  size: 32,
  read: services,
  fields: ({ name, aliases, port, protocol }) => [
    [8, 'list', aliases],
    [0, 'text', name],
    [16, 'int', networkOrder(port)],
    [24, 'text', protocol],
  ],
}

/** struct netent: { name, aliases, addrtype i32, net u32 }. */
export const NETWORKS: Database<Network> = {
  state: '__libc_netent',
  size: 24,
  read: lines('/etc/networks', (line): Network | undefined => {
    const [name, address = '', ...aliases] = words(line)
    const parts = numbers(address)
    if (parts === undefined || parts.some((part) => part > 255)) return undefined
    return { name, aliases, net: [0, 1, 2, 3].reduce((sum, i) => sum * 256 + (parts[i] ?? 0), 0) }
  }),
  fields: ({ name, aliases, net }) => [
    [8, 'list', aliases],
    [0, 'text', name],
    [16, 'int', AF.inet],
    [20, 'int', net],
  ],
  hErrno: true,
}

/** struct aliasent: { name, members_len u64, members, local i32 }. A line that begins with a blank goes on with the one before. */
export const ALIASES: Database<MailAlias> = {
  state: '__libc_aliasent',
  size: 32,
  *read(c) {
    const text = yield* readText(c, '/etc/aliases')
    if (typeof text === 'number') return text
    return parseLines(text.replace(/\n[ \t]+/g, ' '), (line): MailAlias | undefined => {
      const [, name, list] = /^([^#:\s][^:]*):(.*)$/.exec(line) ?? []
      const members = (list ?? '').split(',').map((member) => member.trim())
      return name === undefined ? undefined : { name: name.trim(), members: members.filter((member) => member !== '') }
    })
  },
  fields: ({ name, members }) => [
    [16, 'list', members],
    [0, 'text', name],
    [8, 'long', members.length],
    [24, 'int', 1],
  ],
}
