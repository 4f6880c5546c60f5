/** struct sockaddr_un, sockaddr_in and sockaddr_in6; Linux and relibc lay them out alike. */
import type { SocketAddress } from '@bootgraph/kernel'
import { decoded } from '../../platform/decoded.ts'
import { EFAULT, source, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { formatV4, formatV6, parseV4, parseV6 } from '../arpa_inet/text.ts'

export const AF = { unix: 1, inet: 2, inet6: 10 } as const
const EINVAL = 22
const EAFNOSUPPORT = 97
const SUN_PATH = 2
const UN_SIZE = 110
const IN_SIZE = 16
const IN6_SIZE = 28

/** An address that the guest passes, or an errno. A unix name that starts with NUL is abstract and keeps it: bytes, each as a character. */
export function readAddress(c: LibcCall, at: number, length: number): SocketAddress | number {
  const bytes = source(c, at, length)
  if (bytes === undefined) return EFAULT
  if (length < 2) return EINVAL
  const view = new DataView(bytes.buffer, bytes.byteOffset, length)
  const family = view.getUint16(0, true)
  if (family === AF.unix) {
    if (length > UN_SIZE) return EINVAL
    const name = bytes.slice(SUN_PATH)
    const end = name.indexOf(0)
    return { path: name[0] === 0 ? String.fromCharCode(...name) : decoded(end < 0 ? name : name.subarray(0, end)) }
  }
  if (family !== AF.inet && family !== AF.inet6) return EAFNOSUPPORT
  if (length < (family === AF.inet ? IN_SIZE : IN6_SIZE)) return EINVAL
  const port = view.getUint16(2)
  return family === AF.inet
    ? { family: 'inet', host: formatV4(bytes.subarray(4, 8)), port }
    : { family: 'inet6', host: formatV6(bytes.subarray(8, 24)), port }
}

/** The struct sockaddr of an address. */
export function encodeAddress(address: SocketAddress): Uint8Array {
  if ('path' in address) {
    const abstract = address.path === '' || address.path.startsWith('\0')
    const name = abstract ? Uint8Array.from(address.path, (byte) => byte.charCodeAt(0)) : new TextEncoder().encode(address.path)
    const out = new Uint8Array(SUN_PATH + name.length + (abstract ? 0 : 1))
    out[0] = AF.unix
    out.set(name, SUN_PATH)
    return out
  }
  const v4 = address.family === 'inet'
  const out = new Uint8Array(v4 ? IN_SIZE : IN6_SIZE)
  out[0] = v4 ? AF.inet : AF.inet6
  new DataView(out.buffer).setUint16(2, address.port)
  const host = v4 ? parseV4(address.host) : parseV6(address.host)
  if (host !== undefined) out.set(host, v4 ? 4 : 8)
  return out
}

/** Cuts the address to the room that `*lengthAt` gives and stores its full length there, 0 for none. `at` = 0 asks for nothing. False = EFAULT. */
export function writeAddress(c: LibcCall, address: SocketAddress | undefined, at: number, lengthAt: number): boolean {
  if (at === 0) return true
  if (!writable(c, lengthAt, 4)) return false
  const bytes = address === undefined ? new Uint8Array(0) : encodeAddress(address)
  const room = Math.min(c.memory.getU32(lengthAt), bytes.length)
  if (!writable(c, at, room)) return false
  c.memory.u8.set(bytes.subarray(0, room), at)
  c.memory.setU32(lengthAt, bytes.length)
  return true
}
