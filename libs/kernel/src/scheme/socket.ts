import { E } from '../abi/error.ts'
import { Mode, Poll } from '../abi/flag.ts'
import type { PeerIds, SocketAddress, SocketOptions, SocketState, SocketType, Stat } from '../calls.ts'
import type { Description } from '../context/file.ts'
import { Cost } from '../context/memory-budget.ts'
import { blankStat, Handle } from './handle.ts'
import type { Inode } from './inode.ts'
import { Channel } from './pipe.ts'
import { mapped, type SocketTable, type Spot, seen } from './socket-table.ts'

/** Bytes on their way in one direction, as many as Linux lets a socket have (net/core/sock.c). */
export const BUFFER = 212_992
const MAX_MESSAGES = 256
/** Bytes of a message at most: of UDP over IPv4, and between unix sockets (net/unix/af_unix.c). */
const MAX_DATAGRAM = 65_507
const MAX_RECORD = BUFFER - 32
const MAX_BACKLOG = 4096

/** A datagram or a record, with the descriptors that were sent along. */
interface Message {
  readonly bytes: Uint8Array
  readonly from: SocketAddress | undefined
  readonly files: readonly Description[]
  readonly ids: PeerIds
}

/** Who sent the bytes from a place on. */
interface Sender {
  readonly from: number
  readonly ids: PeerIds
}

/** What is told of a sender when neither side wished to know (net/unix/af_unix.c). */
const NOBODY: PeerIds = { pid: 0, uid: 65_534, gid: 65_534 }
/** What is told at the end of a stream. */
const NONE: PeerIds = { pid: 0, uid: 0, gid: 0 }

/** Descriptors that came with bytes [from, to) of all that ever came. */
interface Rights {
  readonly from: number
  readonly to: number
  readonly files: readonly Description[]
}

export interface Taken {
  /** Bytes that were copied, and those that there were of the message. */
  readonly count: number
  readonly length: number
  readonly from?: SocketAddress
  /** The taker holds them from now on, unless it only peeked. */
  readonly files: readonly Description[]
  /** Who sent it, where the taker has SO_PASSCRED. */
  readonly ids?: PeerIds
}

/** A socket of either domain; nothing leaves the node. */
export class SocketHandle extends Handle implements SocketState {
  readonly path = '/scheme/socket'
  readonly type: SocketType
  readonly domain: 'unix' | 'inet' | 'inet6'
  readonly options: SocketOptions = { receiveTimeout: 0n, sendTimeout: 0n, linger: undefined, v6Only: false, values: new Map() }
  readonly table: SocketTable
  local: SocketAddress
  peer: SocketAddress | undefined
  spot: Spot | undefined
  peerIds: PeerIds | undefined
  /** Who listens, told to those that connect. */
  private ids: PeerIds | undefined
  private incoming: Channel | undefined
  private outgoing: Channel | undefined
  private other: SocketHandle | undefined
  private backlog: SocketHandle[] | undefined
  private limit = 0
  private readonly messages: Message[] = []
  private readonly rights: Rights[] = []
  private readonly senders: Sender[] = []
  /** Who found no room for a message. */
  private readonly waiting = new Set<SocketHandle>()
  /** Bytes that ever came. */
  private came = 0
  /** Directions that are over, and whether the other side said so of what it sends. */
  private readonly over = { receive: false, send: false }
  private ended = false
  /** What went wrong since it was last asked. */
  private error = 0
  /** A connect that did not wait has not been asked for its outcome. */
  underway = false
  private closed = false

  constructor(table: SocketTable, domain: 'unix' | 'inet' | 'inet6', type: SocketType) {
    super()
    this.table = table
    this.domain = domain
    this.type = type
    this.local = domain === 'unix' ? { path: '' } : { host: domain === 'inet' ? '0.0.0.0' : '::', port: 0, family: domain }
  }

  get listening(): boolean {
    return this.backlog !== undefined
  }
  /** Datagrams need no connection. */
  private get connects(): boolean {
    return this.type !== 'dgram'
  }
  /** It is told who sent what it gets. */
  private get passes(): boolean {
    return this.domain === 'unix' && this.options.values.get('SO_PASSCRED') === 1
  }
  takeError(): number {
    const { error } = this
    this.error = 0
    return error
  }
  /** Bound to this address of the network, or to all. */
  answers(address: SocketAddress): boolean {
    const { local } = this
    if ('path' in local || 'path' in address) return true
    if (local.family !== address.family) return false
    const own = local.host === '::' ? !(this.options.v6Only && address.host.startsWith('::ffff:')) : local.host === '0.0.0.0'
    return own || local.host === address.host
  }

  /** Joins two sockets, as socketpair and connect do; 0 or -ENOMEM. */
  join(to: SocketHandle): number {
    const channels = this.type === 'stream' ? Channel.make(this.table.budget, 2, BUFFER) : []
    if (typeof channels === 'number') return channels
    this.other = to
    to.other = this
    this.peer = to.local
    to.peer = this.local
    const [there, back] = channels
    this.outgoing = to.incoming = there
    this.incoming = to.outgoing = back
    for (const socket of [this, to]) {
      socket.incoming?.enter(socket, 'read')
      socket.outgoing?.enter(socket, 'write')
    }
    return 0
  }

  /** 0, or the error of an address of another family. */
  mismatch(address: SocketAddress): number {
    const family = 'path' in address ? 'unix' : address.family
    return family === this.domain ? 0 : this.domain === 'unix' ? -E.INVAL : -E.AFNOSUPPORT
  }
  /** `inode` is the file that the address names, made for the socket. */
  bind(address: SocketAddress, inode?: Inode): number {
    const wrong = this.mismatch(address)
    if (wrong < 0) return wrong
    if (this.spot === undefined) return this.table.claim(this, address, inode)
    // One that has a name is content to be given any (Linux's unix_autobind).
    return 'path' in address && address.path === '' ? 0 : -E.INVAL
  }

  listen(backlog: number, ids: PeerIds): number {
    if (!this.connects) return -E.OPNOTSUPP
    if (this.other !== undefined) return -E.INVAL
    if (this.spot === undefined) {
      if (this.domain === 'unix') return -E.INVAL
      const bound = this.bind(this.local)
      if (bound < 0) return bound
    }
    this.backlog ??= []
    this.ids = ids
    this.limit = (backlog < 0 ? MAX_BACKLOG : Math.min(backlog, MAX_BACKLOG)) + 1
    return 0
  }

  /** `target` is what was found at the address; -EAGAIN while its queue is full. */
  connect(address: SocketAddress, target: SocketHandle | undefined, ids: PeerIds): number {
    if (this.backlog !== undefined) return this.domain === 'unix' ? -E.INVAL : -E.ISCONN
    if (!this.connects) {
      if (target === undefined && 'path' in address) return -E.CONNREFUSED
      if ('path' in address) this.other = target
      this.lodge()
      this.local = seen(this.local)
      this.peer = seen(address)
      return 0
    }
    if (this.underway) {
      this.underway = this.over.receive = this.over.send = false
      return -this.takeError()
    }
    if (this.other !== undefined && this.domain !== 'unix') return -E.ISCONN
    if (target?.backlog === undefined || target.over.receive) return -E.CONNREFUSED
    if (target.backlog.length >= target.limit) return -E.AGAIN
    if (this.other !== undefined) return -E.ISCONN
    this.lodge()
    this.local = seen(this.local)
    const served = new SocketHandle(this.table, target.domain, this.type)
    const joined = this.join(served)
    if (joined < 0) return joined
    this.peer = 'path' in address ? target.local : seen(address)
    served.local = target.domain === this.domain ? this.peer : mapped(this.peer)
    served.peer = target.domain === this.domain ? this.local : mapped(this.local)
    this.peerIds = target.ids
    served.peerIds = ids
    target.backlog.push(served)
    target.tell(Poll.IN)
    return 0
  }
  /** A connect that does not wait leaves its outcome for later. */
  postpone(outcome: number): number {
    if (this.domain === 'unix' || !this.connects) return outcome
    if (outcome === -E.CONNREFUSED) this.fail(E.CONNREFUSED)
    else if (outcome !== 0) return outcome
    this.underway = true
    return -E.INPROGRESS
  }
  /** A socket of the network that is not bound takes a port. */
  private lodge(): void {
    if (this.spot === undefined && this.domain !== 'unix') this.bind(this.local)
  }

  accept(): SocketHandle | number {
    if (this.backlog === undefined) return this.connects ? -E.INVAL : -E.OPNOTSUPP
    const served = this.backlog.shift()
    if (served === undefined) return this.over.receive ? -E.INVAL : -E.AGAIN
    // Whoever waits for room in the queue.
    this.tell(0)
    return served
  }

  shutdown(how: number): number {
    const { other } = this
    if (this.domain !== 'unix' && other === undefined && this.peer === undefined && !this.listening) return -E.NOTCONN
    if (how !== 1) this.over.receive = true
    if (how !== 0) this.over.send = true
    if (other !== undefined && this.connects) {
      if (how !== 0) other.end()
      if (how !== 1 && this.domain === 'unix') other.over.send = true
      other.tell(-1)
    }
    this.tell(-1)
    return 0
  }
  /** Nothing more comes from the other side. */
  private end(): void {
    this.over.receive = this.ended = true
  }
  /** Both directions are over, for a reason. */
  private fail(error: number): void {
    this.error = error
    this.over.receive = this.over.send = true
    this.tell(-1)
  }

  /** `files` and `ids` go along between unix sockets; `to` is what was found at the address of a datagram that has one. */
  send(from: Uint8Array, files: readonly Description[] = [], to?: { readonly found: SocketHandle | undefined }, ids?: PeerIds): number {
    if (this.connects) {
      if (this.other === undefined) return this.domain === 'unix' ? -E.NOTCONN : -E.PIPE
      if (this.domain !== 'unix' && this.error !== 0) return -this.takeError()
      if (this.over.send) return -E.PIPE
    } else {
      if (this.over.send) return -E.PIPE
      if (this.error !== 0) return -this.takeError()
    }
    if (this.type === 'stream') return this.sendBytes(from, files, ids)
    return this.sendMessage(from, to ? to.found : this.partner(), files, ids)
  }
  /** Where datagrams go that have no address. */
  private partner(): SocketHandle | undefined | number {
    if (this.other !== undefined) return this.other
    if (this.peer === undefined) return this.domain === 'unix' ? -E.NOTCONN : -E.DESTADDRREQ
    return this.table.find(this.peer, this.type)
  }
  private sendBytes(from: Uint8Array, files: readonly Description[], ids: PeerIds | undefined): number {
    const other = this.other!
    if (other.closed) {
      // TCP learns of it by what the other side answers to these bytes.
      this.fail(E.PIPE)
      return from.length
    }
    const at = other.came
    const count = this.outgoing!.put(from)
    if (count < 0) return count
    other.came += count
    if (this.domain === 'unix' && count > 0) {
      const sender = this.sender(other, ids)
      const last = other.senders.at(-1)
      if (last === undefined || !same(last.ids, sender)) other.senders.push({ from: at, ids: sender })
    }
    if (files.length > 0 && count > 0) other.rights.push({ from: at, to: at + count, files: hold(files) })
    return count
  }
  /** Who sends: as was said, or who does it, if anybody wishes to know. */
  private sender(to: SocketHandle, ids: PeerIds | undefined): PeerIds {
    return ids ?? (this.passes || to.passes ? this.table.sender() : NOBODY)
  }
  private sendMessage(
    from: Uint8Array,
    target: SocketHandle | undefined | number,
    files: readonly Description[],
    ids: PeerIds | undefined,
  ): number {
    if (typeof target === 'number') return target
    if (from.length > (this.domain === 'unix' ? MAX_RECORD : MAX_DATAGRAM)) return -E.MSGSIZE
    this.lodge()
    if (target === undefined || target.closed || !target.takesFrom(this)) {
      if (this.domain === 'unix') return -E.CONNREFUSED
      // The answer that nobody is there comes after the datagram has gone, and only to who is connected.
      if (this.peer !== undefined) this.error = E.CONNREFUSED
      return from.length
    }
    if (target.messages.length >= MAX_MESSAGES) {
      if (this.domain !== 'unix') return from.length
      target.waiting.add(this)
      return -E.AGAIN
    }
    if (!this.table.budget.take(Cost.datagram + from.length)) return -E.NOMEM
    const own = seen(this.local)
    const sender = this.domain === target.domain ? own : mapped(own)
    const named = this.domain !== 'unix' || this.spot !== undefined
    target.messages.push({ bytes: from.slice(), from: named ? sender : undefined, files: hold(files), ids: this.sender(target, ids) })
    target.tell(Poll.IN)
    return from.length
  }
  /** A datagram socket that is connected takes nothing from others. */
  private takesFrom(sender: SocketHandle): boolean {
    if (this.connects || this.peer === undefined) return true
    if (this.other !== undefined) return this.other === sender
    return !('path' in this.peer) && !('path' in sender.local) && this.peer.port === sender.local.port
  }

  /** As recv: what came first, which `peek` leaves where it is. */
  receive(into: Uint8Array, peek = false): Taken | number {
    if (this.connects && this.other === undefined && !this.ended) {
      if (this.error !== 0) return -this.takeError()
      return this.domain === 'unix' && this.type === 'stream' ? -E.INVAL : -E.NOTCONN
    }
    const taken = this.type === 'stream' ? this.takeBytes(into, peek) : this.takeMessage(into, peek)
    if (taken !== undefined) return taken
    if (this.error !== 0 && !(this.domain !== 'unix' && this.ended)) return -this.takeError()
    if (!this.over.receive) return -E.AGAIN
    return { count: 0, length: 0, files: [], ...(this.passes && this.type === 'stream' && { ids: NONE }) }
  }
  private takeBytes(into: Uint8Array, peek: boolean): Taken | undefined {
    const { incoming, rights, senders } = this
    if (incoming === undefined || incoming.length === 0) return undefined
    const at = this.came - incoming.length
    const first = rights[0]
    // What came with descriptors ends a read: no two messages with some are taken as one.
    const met = first !== undefined && at + into.length > first.from
    while (senders.length > 1 && senders[1].from <= at) senders.shift()
    // Nor are those of two senders, where they are told.
    const end = Math.min(met ? first.to : Number.POSITIVE_INFINITY, (this.passes && senders[1]?.from) || Number.POSITIVE_INFINITY)
    const part = into.subarray(0, end - at)
    const count = peek ? incoming.peek(part) : incoming.take(part)
    if (met && !peek) rights.shift()
    return { count, length: count, files: met ? first.files : [], ...(this.passes && { ids: senders[0]?.ids ?? NOBODY }) }
  }
  private takeMessage(into: Uint8Array, peek: boolean): Taken | undefined {
    const first = peek ? this.messages[0] : this.messages.shift()
    if (first === undefined) return undefined
    const { bytes, from, files, ids } = first
    const part = bytes.subarray(0, into.length)
    into.set(part)
    if (!peek) this.table.budget.take(-Cost.datagram - bytes.length)
    if (!peek && this.messages.length === MAX_MESSAGES - 1) this.admit()
    return { count: part.length, length: bytes.length, files, ...(from && { from }), ...(this.passes && { ids }) }
  }
  private admit(): void {
    for (const sender of this.waiting) sender.tell(Poll.OUT)
    this.waiting.clear()
  }
  /** Lets go of descriptors that were sent. */
  drop(files: readonly Description[]): void {
    for (const description of files) if (--description.references === 0) this.table.closed(description)
  }

  override read(into: Uint8Array): number {
    const got = this.receive(into)
    if (typeof got === 'number') return got
    this.drop(got.files)
    return got.count
  }
  override write(from: Uint8Array): number {
    return this.send(from)
  }
  override patience(out: boolean): bigint | undefined {
    return (out ? this.options.sendTimeout : this.options.receiveTimeout) || undefined
  }
  override ready(): number {
    const { receive, send } = this.over
    if (this.backlog) return receive ? Poll.IN | Poll.RDHUP | Poll.HUP : this.backlog.length > 0 ? Poll.IN : 0
    const lone = this.connects && this.other === undefined
    // Who looks in vain is told when there is room.
    const full = (this.other?.messages.length ?? 0) >= MAX_MESSAGES
    if (full) this.other!.waiting.add(this)
    const room = this.outgoing ? this.outgoing.outReady & Poll.OUT : full ? 0 : Poll.OUT
    return (
      (this.error !== 0 ? Poll.ERR : 0) |
      (receive ? Poll.IN | Poll.RDHUP : this.incoming?.length || this.messages.length > 0 ? Poll.IN : 0) |
      ((receive && send) || lone ? Poll.HUP : 0) |
      (send || lone ? Poll.OUT : room)
    )
  }
  override available(): number {
    return this.type === 'stream' ? (this.incoming?.length ?? 0) : (this.messages[0]?.bytes.length ?? 0)
  }
  override stat(): Stat {
    return blankStat(Mode.SOCK | 0o777, 0)
  }
  override close(): void {
    const { other } = this
    const unread = (this.incoming?.length ?? 0) + this.messages.length > 0
    this.closed = true
    this.table.release(this)
    this.incoming?.leave(this, 'read')
    this.outgoing?.leave(this, 'write')
    this.admit()
    for (const { bytes } of this.messages) this.table.budget.take(-Cost.datagram - bytes.length)
    for (const { files } of [...this.rights.splice(0), ...this.messages.splice(0)]) this.drop(files)
    for (const waiting of this.backlog ?? []) {
      waiting.close()
      waiting.other!.fail(E.CONNRESET)
    }
    if (other === undefined || !this.connects || other.closed) return
    if (unread || (this.domain !== 'unix' && this.options.linger === 0))
      other.fail(this.domain !== 'unix' && other.ended ? E.PIPE : E.CONNRESET)
    else {
      const heard = other.ended && this.domain !== 'unix'
      other.end()
      if (this.domain === 'unix') other.over.send = true
      other.tell(heard ? 0 : -1)
    }
  }
}

const same = (a: PeerIds, b: PeerIds): boolean => a.pid === b.pid && a.uid === b.uid && a.gid === b.gid

/** A message holds what it carries. */
function hold(files: readonly Description[]): readonly Description[] {
  for (const description of files) description.references++
  return files
}
