/** Names of hosts, protocols and services: /etc/hosts, /etc/protocols and /etc/services of the node's tree; a node has no name server. */
import type { Co } from '@bootgraph/kernel'
import type { LibcCall } from '../../registry/call.ts'
import { parseNumbers, parseV4, parseV6 } from '../arpa_inet/text.ts'

const O_RDONLY_CLOEXEC = 0x1_0000 | 0x100_0000
const FILE_MAX = 1 << 20

export interface Host {
  readonly family: 'inet' | 'inet6'
  readonly bytes: Uint8Array
  readonly names: readonly string[]
}

/** The words of each line of a file, without comments; none if there is no such file. */
function* lines(c: LibcCall, path: string): Co<string[][]> {
  const { cx } = c
  const fd = yield* c.kernel.open(cx, path, O_RDONLY_CLOEXEC, 0)
  if (fd < 0) return []
  const stat = c.kernel.fstat(cx, fd)
  const bytes = new Uint8Array(typeof stat === 'number' ? 0 : Math.min(stat.size, FILE_MAX))
  let got = 0
  for (let count = 1; got < bytes.length && count > 0; got += Math.max(count, 0)) count = yield* c.kernel.read(cx, fd, bytes.subarray(got))
  yield* c.kernel.close(cx, fd)
  return new TextDecoder()
    .decode(bytes.subarray(0, got))
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
    .filter(([first]) => first !== '')
}

export const addressOf = (text: string): Host | undefined => {
  const v4 = parseV4(text)
  if (v4 !== undefined) return { family: 'inet', bytes: v4, names: [text] }
  const v6 = parseV6(text)
  return v6 === undefined ? undefined : { family: 'inet6', bytes: v6, names: [text] }
}

/** What inet_aton takes is an address too. */
function numericHost(text: string): Host | undefined {
  const number = /\s/.test(text) ? undefined : parseNumbers(text)
  return number === undefined
    ? addressOf(text)
    : { family: 'inet', bytes: Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number), names: [text] }
}

/** All addresses of a name, in the order of the file. */
export function* hostsNamed(c: LibcCall, name: string): Co<Host[]> {
  const numeric = numericHost(name)
  if (numeric !== undefined) return [numeric]
  const wanted = name.toLowerCase()
  const found: Host[] = []
  for (const [address, ...names] of yield* lines(c, '/etc/hosts')) {
    const host = addressOf(address)
    if (host !== undefined && names.some((each) => each.toLowerCase() === wanted)) found.push({ ...host, names })
  }
  if (found.length === 0 && wanted === 'localhost') found.push({ family: 'inet', bytes: Uint8Array.of(127, 0, 0, 1), names: ['localhost'] })
  return found
}

/** The first name of an address. */
export function* nameOf(c: LibcCall, bytes: Uint8Array): Co<string | undefined> {
  for (const [address, ...names] of yield* lines(c, '/etc/hosts')) {
    const host = addressOf(address)
    if (host !== undefined && host.bytes.length === bytes.length && host.bytes.every((byte, i) => byte === bytes[i])) return names[0]
  }
  return undefined
}

export interface Protocol {
  readonly name: string
  readonly number: number
  readonly aliases: readonly string[]
}

/** What every system knows (IANA protocol numbers), for a tree without the file. */
const PROTOCOLS: readonly Protocol[] = [
  { name: 'ip', number: 0, aliases: ['IP'] },
  { name: 'icmp', number: 1, aliases: ['ICMP'] },
  { name: 'tcp', number: 6, aliases: ['TCP'] },
  { name: 'udp', number: 17, aliases: ['UDP'] },
  { name: 'ipv6', number: 41, aliases: ['IPv6'] },
  { name: 'ipv6-icmp', number: 58, aliases: ['IPv6-ICMP'] },
]

export function* protocols(c: LibcCall): Co<readonly Protocol[]> {
  const listed = yield* lines(c, '/etc/protocols')
  return listed.length === 0 ? PROTOCOLS : listed.map(([name, number, ...aliases]) => ({ name, number: Number(number), aliases }))
}

export interface Service {
  readonly name: string
  readonly port: number
  readonly protocol: string
  readonly aliases: readonly string[]
}

export function* services(c: LibcCall): Co<Service[]> {
  return (yield* lines(c, '/etc/services')).flatMap(([name, place, ...aliases]) => {
    const [port, protocol] = (place ?? '').split('/')
    return Number.isInteger(Number(port)) && protocol !== undefined ? [{ name, port: Number(port), protocol, aliases }] : []
  })
}
