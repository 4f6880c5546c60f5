/**
 * Kernel and library code that may block or call the guest is written as generators that yield plain requests to the
 * scheduler, which alone resumes them. There is no nested run loop and no `async` in the machine.
 */

/** Contexts wait here; first in, first woken. */
export interface WaitQueue {
  readonly name: string
}

export type Request =
  /** Block until one of the queues is woken, a signal becomes deliverable, or virtual time reaches `until` (ns). Answered with `Woken`. */
  | { readonly wait: readonly WaitQueue[]; readonly until?: bigint; readonly interruptible?: boolean }
  /** Run a guest function with integer arguments (System V ABI) on the current context's stack. Answered with its rax (bigint). */
  | { readonly call: number; readonly args: readonly (number | bigint)[] }
  /** Let other runnable contexts go first. Answered with undefined. */
  | { readonly yield: true }
  /** Run the handlers of deliverable signals. Answered with true if the call that they interrupted is to be restarted. */
  | { readonly handlers: true }
  /** The context's image was replaced or it has ended: nothing of its coroutines is resumed. */
  | { readonly gone: true }

export type Woken = 'woken' | 'timeout' | 'signal'

/** A computation of a context that may block or call the guest. */
// biome-ignore lint/suspicious/noExplicitAny: the answer's type depends on the request; `wait`, `callGuest` and `yieldNow` below give it back its type
export type Co<T> = Generator<Request, T, any>

/** Blocks; see Request. */
export function* wait(queues: readonly WaitQueue[], until?: bigint): Co<Woken> {
  return until === undefined ? yield { wait: queues } : yield { wait: queues, until }
}

/** Calls a guest function and gives its rax. */
export function* callGuest(address: number, ...args: (number | bigint)[]): Co<bigint> {
  return yield { call: address, args }
}

/** Steps to the back of the run queue. */
export function* yieldNow(): Co<void> {
  yield { yield: true }
}
