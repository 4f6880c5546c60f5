/** Names and addresses of hosts: /etc/hosts of the node's tree (hosts(5)); a node has no name server. */
import type { Co } from '@bootgraph/kernel'
import type { LibcCall } from '../../registry/call.ts'
import { parseNumbers, parseV4, parseV6 } from '../arpa_inet/text.ts'
import { type Database, lines } from '../database.ts'
import { AF } from '../sys_socket/address.ts'
import { words } from './databases.ts'
import { scopeOf } from './scope.ts'

export interface Host {
  readonly family: 'inet' | 'inet6'
  readonly bytes: Uint8Array
  readonly names: readonly string[]
  /** Of an IPv6 address that has one. */
  readonly scope?: number
}

export const addressOf = (text: string): Host | undefined => {
  const v4 = parseV4(text)
  if (v4 !== undefined) return { family: 'inet', bytes: v4, names: [text] }
  const [address, zone] = /^([^%]*)%(.*)$/.exec(text)?.slice(1) ?? [text]
  const v6 = parseV6(address)
  if (v6 === undefined) return undefined
  const scope = zone === undefined ? 0 : scopeOf(v6, zone)
  return scope === undefined ? undefined : { family: 'inet6', bytes: v6, names: [text], scope }
}

/** What inet_aton takes is an address too. */
function numericHost(text: string): Host | undefined {
  const number = /\s/.test(text) ? undefined : parseNumbers(text)
  return number === undefined
    ? addressOf(text)
    : { family: 'inet', bytes: Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number), names: [text] }
}

const listed = lines('/etc/hosts', (line): Host | undefined => {
  const [address = '', ...names] = words(line)
  const host = names.length > 0 ? addressOf(address) : undefined
  return host === undefined ? undefined : { ...host, names }
})

/** The lines of the file; none if there is no such file. */
function* hosts(c: LibcCall): Co<readonly Host[]> {
  const all = yield* listed(c)
  return typeof all === 'number' ? [] : all
}

/** All addresses of a name, in the order of the file. */
export function* hostsNamed(c: LibcCall, name: string): Co<Host[]> {
  const numeric = numericHost(name)
  if (numeric !== undefined) return [numeric]
  const wanted = name.toLowerCase()
  const found = (yield* hosts(c)).filter(({ names }) => names.some((each) => each.toLowerCase() === wanted))
  if (found.length === 0 && wanted === 'localhost') found.push({ family: 'inet', bytes: Uint8Array.of(127, 0, 0, 1), names: ['localhost'] })
  return found
}

const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i])

/** The first line of an address. */
export function* hostAt(c: LibcCall, bytes: Uint8Array): Co<Host | undefined> {
  return (yield* hosts(c)).find((host) => same(host.bytes, bytes))
}

/** One name with all its addresses, as struct hostent has it. */
export interface HostEntry {
  readonly name: string
  readonly aliases: readonly string[]
  readonly family: number
  readonly addresses: readonly Uint8Array[]
}

/** Lines of one name in one: aliases of all of them, the names of later ones among them where they differ. */
export function entryOf(found: readonly Host[]): HostEntry | undefined {
  const [first, ...others] = found
  if (first === undefined) return undefined
  const [name, ...aliases] = first.names
  const more = others.flatMap(({ names: [own, ...rest] }) => (own === name ? rest : [...rest, own]))
  return {
    name,
    aliases: [...aliases, ...more],
    family: first.family === 'inet' ? AF.inet : AF.inet6,
    addresses: found.map(({ bytes }) => bytes),
  }
}

const LOOPBACK_V6 = Uint8Array.from({ length: 16 }, (_, i) => (i < 15 ? 0 : 1))

/** A line as gethostent tells it, which knows version 4 only: what stands for such an address in version 6 is one. */
function inV4(host: Host): Host | undefined {
  if (host.family === 'inet') return host
  if (same(host.bytes, LOOPBACK_V6)) return { ...host, family: 'inet', bytes: Uint8Array.of(127, 0, 0, 1) }
  const mapped = host.bytes.subarray(0, 10).every((byte) => byte === 0) && host.bytes[10] === 255 && host.bytes[11] === 255
  return mapped ? { ...host, family: 'inet', bytes: host.bytes.subarray(12) } : undefined
}

/** struct hostent: { name, aliases, addrtype i32, length i32, addr_list }. */
export const HOSTS: Database<HostEntry> = {
  state: '__libc_hostent',
  size: 32,
  *read(c) {
    const all = yield* listed(c)
    return typeof all === 'number' ? all : all.flatMap((host) => entryOf([inV4(host)].filter((each) => each !== undefined)) ?? [])
  },
  fields: ({ name, aliases, family, addresses }) => [
    [24, 'list', addresses],
    [0, 'text', name],
    [8, 'list', aliases],
    [16, 'int', family],
    [20, 'int', addresses[0]?.length ?? 0],
  ],
  hErrno: true,
}
