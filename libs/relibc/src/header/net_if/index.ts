/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/net_if.h.html and <ifaddrs.h>: a node has its loopback and no other interface. */
import { putString, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { type HeaderTable, leaf } from '../../registry/define.ts'
import { free, malloc } from '../stdlib/malloc.ts'
import { encodeAddress } from '../sys_socket/address.ts'
import { LOOPBACK } from './loopback.ts'

const ENXIO = 6
const EFAULT = 14
const ENODEV = 19
const IF_NAMESIZE = 16
/** IFF_UP, IFF_LOOPBACK and IFF_RUNNING. */
const FLAGS = 0x49
/** Linux has one more beside those of POSIX: the lower layer is up. */
const IFF_LOWER_UP = 0x1_0000

/** struct ifaddrs: { next, name, flags u32 @16, addr @24, netmask @32, broadaddr @40, data @48 }. */
const ENTRY = 56
const ADDRESSES = [
  { address: '127.0.0.1', mask: '255.0.0.0', family: 'inet', broadcast: true },
  { address: '::1', mask: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', family: 'inet6', broadcast: false },
] as const
/** Bytes that a struct sockaddr of either family has at most, rounded up to eight. */
const SOCKADDR = 32

/** One block, which freeifaddrs gives back: the entries, then the addresses of each, then the name. */
function getifaddrs(c: LibcCall, out: number): number {
  if (!writable(c, out, 8)) return c.fail(EFAULT)
  const behind = ADDRESSES.length * ENTRY
  const name = behind + ADDRESSES.length * 2 * SOCKADDR
  const at = malloc(c, name + IF_NAMESIZE)
  if (at === 0) return -1
  const { memory } = c
  memory.bytes(at, name + IF_NAMESIZE).fill(0)
  putString(c, at + name, IF_NAMESIZE, LOOPBACK.name)
  for (const [i, { address, mask, family, broadcast }] of ADDRESSES.entries()) {
    const entry = at + i * ENTRY
    const own = at + behind + 2 * i * SOCKADDR
    memory.u8.set(encodeAddress({ host: address, port: 0, family }), own)
    memory.u8.set(encodeAddress({ host: mask, port: 0, family }), own + SOCKADDR)
    memory.setSize(entry, i + 1 < ADDRESSES.length ? entry + ENTRY : 0)
    memory.setSize(entry + 8, at + name)
    memory.setU32(entry + 16, FLAGS | IFF_LOWER_UP)
    memory.setSize(entry + 24, own)
    memory.setSize(entry + 32, own + SOCKADDR)
    memory.setSize(entry + 40, broadcast ? own : 0)
  }
  memory.setSize(out, at)
  return 0
}

/** struct if_nameindex: { index u32, name @8 }, ended by zeros; the name stands behind them. */
function nameIndex(c: LibcCall): number {
  const at = malloc(c, 32 + IF_NAMESIZE)
  if (at === 0) return 0
  c.memory.bytes(at, 32 + IF_NAMESIZE).fill(0)
  c.memory.setU32(at, LOOPBACK.index)
  c.memory.setSize(at + 8, at + 32)
  putString(c, at + 32, IF_NAMESIZE, LOOPBACK.name)
  return at
}

export const netIf: HeaderTable = {
  name: 'net/if, ifaddrs',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/net_if.h.html',
  rows: [
    leaf('freeifaddrs', 'void(ptr)', free),
    leaf('getifaddrs', 'int(ptr)', getifaddrs, 'partial', 'no entry of the link layer'),
    leaf('if_freenameindex', 'void(ptr)', free),
    leaf('if_indextoname', 'ptr(uint, ptr)', (c, index: number, out: number) => {
      if (index !== LOOPBACK.index) return c.fail(ENXIO) + 1
      if (!writable(c, out, IF_NAMESIZE)) return c.fail(EFAULT) + 1
      putString(c, out, IF_NAMESIZE, LOOPBACK.name)
      return out
    }),
    leaf('if_nameindex', 'ptr()', nameIndex),
    leaf('if_nametoindex', 'uint(ptr)', (c, name: number) => (c.string(name) === LOOPBACK.name ? LOOPBACK.index : c.fail(ENODEV) + 1)),
  ],
}
