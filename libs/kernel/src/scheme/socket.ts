import { E } from '../abi/error.ts'
import { Mode, Poll } from '../abi/flag.ts'
import type { SocketAddress, Stat } from '../calls.ts'
import { Cost, type MemoryBudget } from '../context/memory-budget.ts'
import { blankStat, Handle } from './handle.ts'
import { Channel } from './pipe.ts'

const MAX_DATAGRAMS = 256

/** Bound sockets of the node by address: the loopback network and the unix names. */
export class SocketTable {
  readonly bound = new Map<string, SocketHandle>()
  readonly budget: MemoryBudget
  nextPort = 49_152

  constructor(budget: MemoryBudget) {
    this.budget = budget
  }
}

const key = (address: SocketAddress, type: string): string =>
  'path' in address ? `${type}:${address.path}` : `${type}:${address.family}:${address.port}`

/** A socket of either domain; nothing leaves the node. */
export class SocketHandle extends Handle {
  readonly path = '/scheme/socket'
  readonly type: 'stream' | 'dgram'
  private readonly records: boolean
  readonly domain: 'unix' | 'inet' | 'inet6'
  readonly table: SocketTable
  local: SocketAddress
  peer: SocketAddress | undefined
  private incoming: Channel | undefined
  private outgoing: Channel | undefined
  private backlog: SocketHandle[] | undefined
  private limit = 0
  private readonly datagrams: { bytes: Uint8Array; from: SocketAddress }[] = []
  private other: SocketHandle | undefined
  private closed = false

  /** `records`: datagrams between two that are joined, of which either notices the other's end. */
  constructor(table: SocketTable, domain: 'unix' | 'inet' | 'inet6', type: 'stream' | 'dgram', records = false) {
    super()
    this.records = records
    this.table = table
    this.domain = domain
    this.type = type
    this.local = domain === 'unix' ? { path: '' } : { host: domain === 'inet' ? '0.0.0.0' : '::', port: 0, family: domain }
  }

  /** Joins two sockets, as socketpair and connect do; 0 or -ENOMEM. */
  join(to: SocketHandle): number {
    const channels = this.type === 'dgram' ? [] : Channel.make(this.table.budget, 2)
    if (typeof channels === 'number') return channels
    this.other = to
    to.other = this
    this.peer = to.local
    to.peer = this.local
    const [there, back] = channels
    for (const channel of channels) {
      channel.readers = channel.writers = 1
      channel.listeners.push(this, to)
    }
    this.outgoing = to.incoming = there
    this.incoming = to.outgoing = back
    return 0
  }

  bind(address: SocketAddress): number {
    const unix = 'path' in address
    if (unix !== (this.domain === 'unix')) return -E.INVAL
    let wanted = address
    if (!unix && address.port === 0) {
      do wanted = { ...address, port: this.table.nextPort++ }
      while (this.table.bound.has(key(wanted, this.type)))
    }
    if (this.table.bound.get(key(this.local, this.type)) === this) return -E.INVAL
    if (this.table.bound.has(key(wanted, this.type))) return -E.ADDRINUSE
    this.local = wanted
    this.table.bound.set(key(wanted, this.type), this)
    return 0
  }

  listen(backlog: number): number {
    if (this.type !== 'stream') return -E.OPNOTSUPP
    this.backlog ??= []
    this.limit = Math.max(1, Math.min(backlog, 4096))
    return 0
  }

  connect(address: SocketAddress): number {
    const target = this.table.bound.get(key(address, this.type))
    if (this.type === 'dgram') {
      this.peer = address
      return target === undefined && 'path' in address ? -E.CONNREFUSED : 0
    }
    if (this.incoming !== undefined) return -E.ISCONN
    if (target?.backlog === undefined) return 'path' in address && target === undefined ? -E.NOENT : -E.CONNREFUSED
    if (target.backlog.length >= target.limit) return -E.AGAIN
    if (!('path' in this.local) && this.local.port === 0) {
      this.local = { host: '127.0.0.1', port: this.table.nextPort++, family: this.local.family }
    }
    const served = new SocketHandle(this.table, this.domain, 'stream')
    served.local = target.local
    const joined = this.join(served)
    if (joined < 0) return joined
    target.backlog.push(served)
    target.changed.wake()
    return 0
  }

  accept(): SocketHandle | number {
    if (this.backlog === undefined) return -E.INVAL
    return this.backlog.shift() ?? -E.AGAIN
  }

  shutdown(how: number): number {
    if (this.incoming === undefined && this.other === undefined) return -E.NOTCONN
    if (how !== 1 && this.incoming) this.incoming.readers = this.incoming.writers = 0
    if (how !== 0 && this.outgoing) this.outgoing.writers = 0
    this.incoming?.notify()
    this.outgoing?.notify()
    return 0
  }

  send(from: Uint8Array, to?: SocketAddress): number {
    if (this.type === 'stream') {
      if (this.outgoing === undefined) return -E.NOTCONN
      return this.outgoing.writers === 0 ? -E.PIPE : this.outgoing.put(from)
    }
    const address = to ?? this.peer
    const target = to === undefined && this.other ? this.other : address && this.table.bound.get(key(address, 'dgram'))
    if (target === undefined) return address === undefined ? -E.DESTADDRREQ : -E.CONNREFUSED
    if (target.closed) return this.records ? -E.PIPE : -E.CONNREFUSED
    if (target.datagrams.length >= MAX_DATAGRAMS) return -E.AGAIN
    if (!this.table.budget.take(Cost.datagram + from.length)) return -E.NOMEM
    target.datagrams.push({ bytes: from.slice(), from: this.local })
    target.changed.wake()
    return from.length
  }

  /** As recv; `from` is told for datagrams. `peek` leaves a datagram where it is. */
  receive(into: Uint8Array, peek = false): { count: number; from?: SocketAddress } | number {
    if (this.type === 'stream') {
      if (this.incoming === undefined) return -E.NOTCONN
      if (peek) return -E.OPNOTSUPP
      const count = this.incoming.take(into)
      return count < 0 ? count : { count }
    }
    const first = peek ? this.datagrams[0] : this.datagrams.shift()
    if (first === undefined) return this.other?.closed ? { count: 0 } : -E.AGAIN
    if (!peek) this.table.budget.take(-Cost.datagram - first.bytes.length)
    const part = first.bytes.subarray(0, into.length)
    into.set(part)
    this.other?.changed.wake()
    return { count: part.length, from: first.from }
  }

  override read(into: Uint8Array): number {
    const got = this.receive(into)
    return typeof got === 'number' ? got : got.count
  }
  override write(from: Uint8Array): number {
    return this.send(from)
  }
  override ready(): number {
    if (this.backlog) return this.backlog.length > 0 ? Poll.IN : 0
    if (this.type === 'dgram') {
      const over = this.records && this.other?.closed ? Poll.IN | Poll.HUP : 0
      return Poll.OUT | (this.datagrams.length > 0 ? Poll.IN : 0) | over
    }
    if (!this.incoming || !this.outgoing) return Poll.OUT | Poll.HUP
    return this.incoming.inReady | (this.incoming.writers === 0 ? Poll.IN : 0) | this.outgoing.outReady
  }
  override available(): number {
    return this.type === 'stream' ? (this.incoming?.length ?? 0) : (this.datagrams[0]?.bytes.length ?? 0)
  }
  override stat(): Stat {
    return blankStat(Mode.SOCK | 0o777, 0)
  }
  override close(): void {
    this.closed = true
    if (this.table.bound.get(key(this.local, this.type)) === this) this.table.bound.delete(key(this.local, this.type))
    if (this.incoming) this.incoming.readers = 0
    if (this.outgoing) this.outgoing.writers = 0
    this.incoming?.leave(this)
    this.outgoing?.leave(this)
    for (const { bytes } of this.datagrams.splice(0)) this.table.budget.take(-Cost.datagram - bytes.length)
    this.other?.changed.wake()
    for (const waiting of this.backlog ?? []) waiting.close()
  }
}
