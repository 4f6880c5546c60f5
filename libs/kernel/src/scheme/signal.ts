import { E } from '../abi/error.ts'
import { Poll } from '../abi/flag.ts'
import type { Stat } from '../calls.ts'
import type { ContextState, SignalInfo } from '../context/process.ts'
import { FAULTS, maskable, pendingOf, SIG } from '../context/signal.ts'
import { blankStat, Handle } from './handle.ts'

/** struct signalfd_siginfo of linux/signalfd.h. */
const INFO = 128
const Info = { signal: 0, code: 8, pid: 12, tid: 24, overrun: 32, status: 40, int: 44, pointer: 48, address: 72 } as const
const SI_TIMER = -2

/** signalfd(2): reads take signals of the process that reads, and of its thread, as sigwaitinfo would. */
export class SignalHandle extends Handle {
  readonly path = 'anon_inode:[signalfd]'
  #set: bigint
  readonly #reader: () => ContextState | undefined
  readonly #listeners: Set<SignalHandle>

  /** `listeners` hear of every signal that was sent; this one is among them until it is closed. */
  constructor(set: bigint, reader: () => ContextState | undefined, listeners: Set<SignalHandle>) {
    super()
    this.#set = maskable(set)
    this.#reader = reader
    this.#listeners = listeners
    listeners.add(this)
  }
  change(set: bigint): void {
    this.#set = maskable(set)
    this.tell(Poll.IN)
  }
  sent(signal: number): void {
    if ((this.#set >> BigInt(signal - 1)) & 1n) this.tell(Poll.IN)
  }
  #next(take: boolean): SignalInfo | undefined {
    const reader = this.#reader()
    return reader && pendingOf(reader, this.#set, take)
  }
  override stat(): Stat {
    return blankStat(0o600, 0)
  }
  override read(into: Uint8Array): number {
    if (into.length < INFO) return -E.INVAL
    let at = 0
    while (at + INFO <= into.length) {
      const info = this.#next(true)
      if (info === undefined) break
      describe(into.subarray(at, at + INFO), info)
      at += INFO
    }
    return at > 0 ? at : -E.AGAIN
  }
  override write(): number {
    return -E.INVAL
  }
  override ready(): number {
    return this.#next(false) ? Poll.IN : 0
  }
  override close(): void {
    this.#listeners.delete(this)
  }
}

function describe(into: Uint8Array, { signal, code, pid, status, address, value }: SignalInfo): void {
  const view = new DataView(into.buffer, into.byteOffset, INFO)
  into.fill(0)
  view.setUint32(Info.signal, signal, true)
  view.setInt32(Info.code, code, true)
  if (code > 0 && FAULTS.has(signal)) {
    view.setBigUint64(Info.address, BigInt(address), true)
    return
  }
  view.setUint32(code === SI_TIMER ? Info.tid : Info.pid, pid, true)
  if (signal === SIG.CHLD && code > 0) view.setInt32(Info.status, status, true)
  if (value === undefined) return
  view.setInt32(Info.int, Number(BigInt.asIntN(32, value)), true)
  view.setBigUint64(Info.pointer, BigInt.asUintN(64, value), true)
}
