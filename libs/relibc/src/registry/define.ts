/**
 * The row type of the C library's registry: one row per exported symbol, in the order of its header.
 *
 * A signature is a compact string, result first: 'ptr(ptr, size)'. Classes:
 *   void · int (i32) · uint (u32) · long (64-bit as a number, exact below 2^53) · size / ptr (u64 as a number) ·
 *   i64 / u64 (bigint) · f32 · f64 · f32nan / f64nan (result alone: as those, where a NaN is the function's own and not the arguments') · c32 (float complex: two numbers) · c64 (result alone: double complex) · f80 (long double: on the stack in, st(0) out) · ... (a VaList follows) · va_list (a pointer to one)
 * Arguments reach the function as host values in that order, after the call's environment `c`; the result is written
 * to rax, xmm0 or st(0) by its class.
 */
import type { Co } from '@bootgraph/kernel'
import type { LibcCall } from './call.ts'

/** leaf: a plain function that cannot block. jump: one that goes on elsewhere than at its caller. blocking: a generator that may wait. callback: a generator that may call the guest. */
export type Flow = 'leaf' | 'jump' | 'blocking' | 'callback'
/** partial carries a note; a stub answers its errno; missing is a model gap when called. */
export type Status = 'full' | 'partial' | 'stub' | 'missing'

// biome-ignore lint/suspicious/noExplicitAny: the classes in `signature` say what the arguments are; the registry checks arity
export type LeafFn = (c: LibcCall, ...args: any[]) => number | bigint | void
// biome-ignore lint/suspicious/noExplicitAny: as LeafFn
export type CoFn = (c: LibcCall, ...args: any[]) => Co<number | bigint | void>

export type SymbolRow = FunctionRow | ObjectRow | AliasRow

export interface FunctionRow {
  readonly kind: 'function'
  readonly name: string
  readonly signature: string
  readonly flow: Flow
  readonly status: Status
  readonly note?: string
  readonly fn: LeafFn | CoFn
}

/** A data symbol of libc.so. */
export interface ObjectRow {
  readonly kind: 'object'
  readonly name: string
  /** Bytes and alignment per ABI where they differ. */
  readonly size: number
  readonly align: number
  /** Initial bytes; zero where absent. */
  readonly data?: Uint8Array
  readonly status: Status
  readonly note?: string
}

/** Another name of a row (fopen64 of fopen, _IO_putc of putc). */
export interface AliasRow {
  readonly kind: 'alias'
  readonly name: string
  readonly of: string
}

/** One C header: `name` as in #include, `spec` its POSIX page. */
export interface HeaderTable {
  readonly name: string
  readonly spec: string
  readonly rows: readonly SymbolRow[]
}

export const leaf = (name: string, signature: string, fn: LeafFn, status: Status = 'full', note?: string): FunctionRow => ({
  kind: 'function',
  name,
  signature,
  flow: 'leaf',
  status,
  ...(note === undefined ? {} : { note }),
  fn,
})
export const jump = (name: string, signature: string, fn: LeafFn): FunctionRow => ({ ...leaf(name, signature, fn), flow: 'jump' })
export const blocking = (name: string, signature: string, fn: CoFn, status: Status = 'full', note?: string): FunctionRow => ({
  kind: 'function',
  name,
  signature,
  flow: 'blocking',
  status,
  ...(note === undefined ? {} : { note }),
  fn,
})
export const callback = (name: string, signature: string, fn: CoFn, status: Status = 'full', note?: string): FunctionRow => ({
  kind: 'function',
  name,
  signature,
  flow: 'callback',
  status,
  ...(note === undefined ? {} : { note }),
  fn,
})
export const object = (name: string, size: number, align: number, data?: Uint8Array): ObjectRow => ({
  kind: 'object',
  name,
  size,
  align,
  ...(data === undefined ? {} : { data }),
  status: 'full',
})
export const alias = (name: string, of: string): AliasRow => ({ kind: 'alias', name, of })

/** The id in a symbol's gate instruction: FNV-1a of its name, so that every image and every made libc.so agree. */
export function gateId(name: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
