/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/arpa_inet.h.html */
import { EFAULT, path, putString, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, type HeaderTable, leaf } from '../../registry/define.ts'
import { AF } from '../sys_socket/address.ts'
import { formatV4, formatV6, parseV4, parseV6 } from './text.ts'

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

/** Dotted quads only; the historic short and octal forms are refused. */
function addr(c: LibcCall, from: number): number {
  const bytes = parseV4(path(c, from) ?? '')
  return bytes === undefined ? INADDR_NONE : new DataView(bytes.buffer).getUint32(0, true)
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
    leaf('inet_addr', 'uint(ptr)', addr, 'partial', 'dotted quads only'),
    leaf('inet_ntop', 'ptr(int, ptr, ptr, uint)', ntop),
    leaf('inet_pton', 'int(int, ptr, ptr)', pton),
  ],
}
