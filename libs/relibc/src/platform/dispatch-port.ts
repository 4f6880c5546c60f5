import type { CallTrace, Co, Context } from '@bootgraph/kernel'
import type { LibcCall } from '../registry/call.ts'
import type { FunctionRow } from '../registry/define.ts'

/** A function row with its marshalling, as the dispatcher calls it. */
export interface BoundFunction {
  readonly row: FunctionRow
  /** Reads the arguments of the call at hand by the row's signature. */
  arguments(c: LibcCall): unknown[]
  /** Writes a result to rax, xmm0 or st(0) by the row's signature. */
  result(c: LibcCall, value: unknown): void
  /** Arguments, call and result at once, for leaf functions of whole numbers. */
  invoke?(c: LibcCall): void
  /** Why libc.so exports it though the surface lacks it; undefined = the surface has it. */
  readonly tag?: 'spelling' | 'host-only' | 'bridge'
}

/** Gate id to function; a dense look-up made once per program. */
export interface FunctionTable {
  get(id: number): BoundFunction | undefined
}

/** What the dispatcher needs of the scheduler; class Kernel has it. */
export interface CoroutinePort {
  /** Runs `co` on `cx` from the next turn on; then `finish` writes registers. */
  begin<T>(cx: Context, co: Co<T>, finish: (result: T) => void): void
  /** Pops the return address of the gate that `cx` is at. */
  leaveGate(cx: Context): void
  /** Gives up the coroutines whose guest call lies below the stack pointer. */
  unwound(cx: Context): void
}

/** Where gaps of the C library are recorded. */
export interface LibcObserver {
  gap(truth: 'model' | 'called', name: string, detail: string, cx: Context): void
  /** Told of every call, if tracing is on. */
  readonly trace?: CallTrace
}
