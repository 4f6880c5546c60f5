import type { SignalInfo } from './process.ts'

/** The first real-time signal: these wait as often as they were sent. */
const QUEUED = 32

/** Signals that wait to be taken, by number: ordinary ones once each. */
export class PendingSignals {
  readonly #queues = new Map<number, SignalInfo[]>()

  get size(): number {
    return this.#queues.size
  }
  /** All that wait, of ordinary signals one each. */
  get total(): number {
    return [...this.#queues.values()].reduce((sum, queue) => sum + queue.length, 0)
  }
  /** The signals that wait, as a mask. */
  get mask(): bigint {
    return [...this.#queues.keys()].reduce((mask, signal) => mask | (1n << BigInt(signal - 1)), 0n)
  }
  has(signal: number): boolean {
    return this.#queues.has(signal)
  }
  keys(): Iterable<number> {
    return this.#queues.keys()
  }
  /** How often a signal waits. */
  count(signal: number): number {
    return this.#queues.get(signal)?.length ?? 0
  }
  /** Whether one of this number waits that is like that. */
  holds(signal: number, like: (info: SignalInfo) => boolean): boolean {
    return this.#queues.get(signal)?.some(like) ?? false
  }
  first(signal: number): SignalInfo | undefined {
    return this.#queues.get(signal)?.[0]
  }
  add(info: SignalInfo): void {
    const queue = this.#queues.get(info.signal)
    if (queue === undefined) this.#queues.set(info.signal, [info])
    else if (info.signal >= QUEUED) queue.push(info)
  }
  /** Of an ordinary signal this is the only one. */
  replace(info: SignalInfo): void {
    this.#queues.set(info.signal, [info])
  }
  /** Takes the first one away. */
  take(signal: number): void {
    const queue = this.#queues.get(signal)
    queue?.shift()
    if (queue?.length === 0) this.#queues.delete(signal)
  }
  delete(signal: number): void {
    this.#queues.delete(signal)
  }
}
