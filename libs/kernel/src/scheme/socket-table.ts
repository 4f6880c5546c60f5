import { E } from '../abi/error.ts'
import type { InetAddress, PeerIds, SocketAddress, SocketType } from '../calls.ts'
import type { Description } from '../context/file.ts'
import type { MemoryBudget } from '../context/memory-budget.ts'
import type { Inode } from './inode.ts'
import type { SocketHandle } from './socket.ts'

/** Where a socket is bound: an inode of the file system, or a name of the loopback network or among the abstract ones of unix sockets. */
export type Spot = Inode | string

const ANY = { inet: '0.0.0.0', inet6: '::' } as const
const LOOPBACK = { inet: '127.0.0.1', inet6: '::1' } as const
const MAPPED = '::ffff:'
const FIRST_PORT = 49_152
const LAST_PORT = 65_535

/** An address as the other side has it: of a socket that is bound to all addresses, the loopback's. */
export const seen = <T extends SocketAddress>(address: T): T =>
  'path' in address || address.host !== ANY[address.family] ? address : { ...address, host: LOOPBACK[address.family] }
/** An address of IPv4 to a socket of IPv6. */
export const mapped = (address: SocketAddress): SocketAddress =>
  'path' in address || address.family === 'inet6' ? address : { family: 'inet6', host: `${MAPPED}${address.host}`, port: address.port }
const unmapped = (address: InetAddress): InetAddress =>
  address.host.startsWith(MAPPED) ? { family: 'inet', host: address.host.slice(MAPPED.length), port: address.port } : address

const spotOf = (address: SocketAddress, type: SocketType): Spot =>
  'path' in address ? `${type} ${address.path}` : `${type} ${address.family} ${address.port}`

/** Bound sockets of the node; the network is its own loopback and no more. */
export class SocketTable {
  private readonly bound = new Map<Spot, SocketHandle>()
  private port = FIRST_PORT
  private name = 0
  /** Told of a description whose last holder was a message that nobody took. */
  readonly closed: (description: Description) => void

  /** What buffers and messages are taken of. */
  readonly budget: MemoryBudget

  /** Who is sending now. */
  readonly sender: () => PeerIds

  constructor(budget: MemoryBudget, closed: (description: Description) => void, sender: () => PeerIds) {
    this.budget = budget
    this.closed = closed
    this.sender = sender
  }

  at(spot: Spot): SocketHandle | undefined {
    return this.bound.get(spot)
  }
  /** The socket that an address of the network or an abstract name leads to; -ENETUNREACH. */
  find(address: SocketAddress, type: SocketType): SocketHandle | undefined | number {
    if ('path' in address) return this.at(spotOf(address, type))
    const wanted = unmapped(seen(address))
    if (!isOwn(wanted)) return -E.NETUNREACH
    const found = this.at(spotOf(wanted, type))
    if (found !== undefined) return found.answers(wanted) ? found : undefined
    const dual = wanted.family === 'inet' ? this.at(spotOf({ ...wanted, family: 'inet6' }, type)) : undefined
    return dual?.answers(mapped(wanted)) ? dual : undefined
  }

  /** Binds a socket to an address, with a port or a name of the table's choice where it has none, or to an inode. 0 or -errno. */
  claim(socket: SocketHandle, address: SocketAddress, inode?: Inode): number {
    if (!('path' in address) && !isOwn(unmapped(address))) return -E.ADDRNOTAVAIL
    const whole = inode === undefined ? this.completed(address, socket.type) : address
    const spot = whole && (inode ?? spotOf(whole, socket.type))
    if (spot === undefined || this.bound.has(spot)) return -E.ADDRINUSE
    this.bound.set(spot, socket)
    socket.local = whole!
    socket.spot = spot
    return 0
  }
  release({ spot }: SocketHandle): void {
    if (spot !== undefined) this.bound.delete(spot)
  }

  private completed(address: SocketAddress, type: SocketType): SocketAddress | undefined {
    if ('path' in address) return address.path === '' ? { path: `\0${(this.name++).toString(16).padStart(5, '0')}` } : address
    if (address.port !== 0) return address
    for (let tried = FIRST_PORT; tried <= LAST_PORT; tried++) {
      const whole = { ...address, port: this.port }
      this.port = this.port === LAST_PORT ? FIRST_PORT : this.port + 1
      if (!this.bound.has(spotOf(whole, type))) return whole
    }
    return undefined
  }
}

const isOwn = ({ host, family }: InetAddress): boolean =>
  host === ANY[family] || (family === 'inet' ? host.startsWith('127.') : host === LOOPBACK.inet6)
