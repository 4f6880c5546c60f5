/** gethostbyname(3), gethostbyaddr(3) and their like: one host with all its names and addresses. */
import type { Co } from '@bootgraph/kernel'
import { Thread } from '../../platform/thread-block.ts'
import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, leaf, type SymbolRow } from '../../registry/define.ts'
import { constant } from '../constant.ts'
import { HOST_NOT_FOUND, NETDB_INTERNAL, type Own, own, ownParameters, setHErrno, still } from '../database.ts'
import { AF } from '../sys_socket/address.ts'
import { entryOf, HOSTS, type HostEntry, hostAt, hostsNamed } from './hosts.ts'

const EAFNOSUPPORT = 97
const NO_DATA = 4
const STDERR = 2
const NOTE = 'names of /etc/hosts: a node has no name server'
const MESSAGES = [
  'Resolver Error 0 (no error)',
  'Unknown host',
  'Host name lookup failure',
  'Unknown server error',
  'No address associated with name',
]
const message = (code: number): string => (code < 0 ? 'Resolver internal error' : (MESSAGES[code] ?? 'Unknown resolver error'))

/** An entry, or what h_errno says. */
type Found = HostEntry | number

function* byName(c: LibcCall, name: number, family: number): Co<Found> {
  if (family !== AF.inet && family !== AF.inet6) {
    c.fail(EAFNOSUPPORT)
    return NO_DATA
  }
  const wanted = family === AF.inet ? 'inet' : 'inet6'
  const all = yield* hostsNamed(c, c.string(name))
  return entryOf(all.filter((host) => host.family === wanted)) ?? HOST_NOT_FOUND
}

function* byAddress(c: LibcCall, address: number, length: number, family: number): Co<Found> {
  if (length !== (family === AF.inet ? 4 : family === AF.inet6 ? 16 : 0) || !readable(c, address, length)) {
    c.fail(EAFNOSUPPORT)
    return NETDB_INTERNAL
  }
  const host = yield* hostAt(c, c.memory.u8.slice(address, address + length))
  return (host && entryOf([host])) ?? HOST_NOT_FOUND
}

/** `name` and `name_r` of one way to find a host. */
function rows(name: string, parameters: string, find: (c: LibcCall, ...args: [number, number, number]) => Co<Found>): readonly SymbolRow[] {
  const count = parameters.split(',').length
  const plain = function* (c: LibcCall, ...args: [number, number, number]): Co<number> {
    const found = yield* find(c, ...args)
    if (typeof found !== 'number') return still(c, HOSTS, found)
    setHErrno(c, found)
    return 0
  }
  const reentrant = function* (c: LibcCall, ...args: number[]): Co<number> {
    const found = yield* find(c, ...(args.slice(0, count) as [number, number, number]))
    const [out, buffer, size, result, hErrno = 0] = args.slice(count)
    const rest: Own = [out, buffer, size, result, hErrno]
    if (typeof found !== 'number') return own(c, HOSTS, found, ...rest)
    const errno = own(c, HOSTS, undefined, ...rest)
    if (errno === 0 && writable(c, hErrno, 4)) c.memory.setI32(hErrno, found)
    return errno !== 0 || found === HOST_NOT_FOUND ? errno : EAFNOSUPPORT
  }
  return [
    blocking(name, `ptr(${parameters})`, plain, 'partial', NOTE),
    blocking(`${name}_r`, `int(${parameters}, ${ownParameters(HOSTS)})`, reentrant, 'partial', NOTE),
  ]
}

export const hostRows: readonly SymbolRow[] = [
  ...rows('gethostbyname', 'ptr', (c, name) => byName(c, name, AF.inet)),
  ...rows('gethostbyname2', 'ptr, int', byName),
  ...rows('gethostbyaddr', 'ptr, uint, int', byAddress),
  leaf('hstrerror', 'ptr(int)', (c, code: number) => constant(c, message(code))),
  blocking('herror', 'void(ptr)', function* (c, prefix: number) {
    const head = prefix === 0 ? '' : c.string(prefix)
    const code = c.memory.getI32(c.cx.threadPointer + Thread.hErrno)
    yield* c.kernel.write(c.cx, STDERR, new TextEncoder().encode(`${head === '' ? '' : `${head}: `}${message(code)}\n`))
  }),
]
