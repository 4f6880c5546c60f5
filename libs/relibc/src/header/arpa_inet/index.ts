/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/arpa_inet.h.html */
import { EFAULT, path, putString, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, type HeaderTable, leaf, object } from '../../registry/define.ts'
import { storage } from '../storage.ts'
import { AF } from '../sys_socket/address.ts'
import { formatV4, formatV6, numbers, parseNumbers, parseV4, parseV6 } from './text.ts'

const ENOSPC = 28
const EAFNOSUPPORT = 97
const INADDR_NONE = 0xffff_ffff

function ntop(c: LibcCall, family: number, from: number, out: number, size: number): number {
  if (family !== AF.inet && family !== AF.inet6) return c.fail(EAFNOSUPPORT) + 1
  const length = family === AF.inet ? 4 : 16
  if (!readable(c, from, length) || !writable(c, out, size)) return c.fail(EFAULT) + 1
  const bytes = c.memory.bytes(from, length)
  const put = putString(c, out, size, family === AF.inet ? formatV4(bytes) : formatV6(bytes))
  return put < 0 ? c.fail(ENOSPC) + 1 : out
}

function pton(c: LibcCall, family: number, from: number, out: number): number {
  if (family !== AF.inet && family !== AF.inet6) return c.fail(EAFNOSUPPORT)
  const text = path(c, from)
  if (text === undefined || !writable(c, out, family === AF.inet ? 4 : 16)) return c.fail(EFAULT)
  const bytes = family === AF.inet ? parseV4(text) : parseV6(text)
  if (bytes === undefined) return 0
  c.memory.u8.set(bytes, out)
  return 1
}

/** In network order, as a little-endian program sees it. */
function addr(c: LibcCall, from: number): number {
  const address = parseNumbers(path(c, from) ?? '')
  return address === undefined ? INADDR_NONE : swap32(address)
}

function aton(c: LibcCall, from: number, out: number): number {
  const address = parseNumbers(path(c, from) ?? '')
  if (address === undefined) return 0
  if (out !== 0 && writable(c, out, 4)) c.memory.setU32(out, swap32(address))
  return 1
}

/** The address comes by value. */
function ntoa(c: LibcCall, address: number): number {
  const at = storage(c, '__libc_ntoa')
  putString(c, at, 16, [0, 8, 16, 24].map((shift) => (address >>> shift) & 0xff).join('.'))
  return at
}

/** Each number is a byte of the network's number, which is in host order (inet(3)). */
function network(c: LibcCall, from: number): number {
  const text = path(c, from) ?? ''
  const parts = /^\S+\s*$/.test(text) ? numbers(text) : undefined
  if (parts === undefined || parts.some((part) => part > 255)) return INADDR_NONE
  return parts.reduce((sum, part) => sum * 256 + part, 0)
}

const swap16 = (x: number): number => ((x & 0xff) << 8) | ((x >>> 8) & 0xff)
const swap32 = (x: number): number => ((swap16(x) << 16) | swap16(x >>> 16)) >>> 0

export const arpaInet: HeaderTable = {
  name: 'arpa/inet',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/arpa_inet.h.html',
  rows: [
    leaf('htonl', 'uint(uint)', (_c, x: number) => swap32(x)),
    alias('ntohl', 'htonl'),
    leaf('htons', 'uint(uint)', (_c, x: number) => swap16(x)),
    alias('ntohs', 'htons'),
    object('in6addr_any', 16, 4),
    object('in6addr_loopback', 16, 4, Uint8Array.of(...new Uint8Array(15), 1)),
    object('__libc_ntoa', 16, 8),
    leaf('inet_addr', 'uint(ptr)', addr),
    leaf('inet_aton', 'int(ptr, ptr)', aton),
    leaf('inet_network', 'uint(ptr)', network),
    leaf('inet_ntoa', 'ptr(uint)', ntoa),
    leaf('inet_ntop', 'ptr(int, ptr, ptr, uint)', ntop),
    leaf('inet_pton', 'int(int, ptr, ptr)', pton),
  ],
}
