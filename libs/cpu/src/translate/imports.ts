/** What translated modules import, and how they find functions that are not their own. */
import { SLOT_CHUNKS } from '../run/slots.ts'
import { type Code, I32, I64, W } from '../wasm/code.ts'
import type { FuncType } from '../wasm/module.ts'

/** Indices of the types of a translated module. */
export const Signature = { function: 0, guard: 1, divide: 2, mulHigh: 3, step: 0 } as const
export const TYPES: readonly FuncType[] = [
  { params: [I32], results: [I32] },
  { params: [I64, I32], results: [I32] },
  { params: [I64, I32, I32], results: [I32] },
  { params: [I64, I64, I32], results: [I64] },
]
/** Function indices of the imports. */
export const Call = {
  /** Runs what is at a pc by the interpreter until it returns; 0 = look at the state. */
  interpret: 0,
  /** 0 if so many bytes from an address may be read; with `GUARD_WRITE` added to their count: and written. */
  guard: 1,
  divide: 2,
  mulHigh: 3,
  /** One instruction by the interpreter; 0 = look at the state. */
  step: 4,
} as const
export const IMPORTS = [
  { name: 'interpret', type: Signature.function },
  { name: 'guard', type: Signature.guard },
  { name: 'divide', type: Signature.divide },
  { name: 'mulHigh', type: Signature.mulHigh },
  { name: 'step', type: Signature.step },
] as const
export const GUARD_WRITE = 0x10_0000
/** Index of the table of slots in a translated module. */
export const SLOT_TABLE = 0

/** Pushes the slot of the function at a constant address or at the one in an i32 local (`SlotMap` has the layout). */
export function slotOf(code: Code, target: number | { readonly local: number }): void {
  if (typeof target === 'number') {
    code
      .i32(0)
      .mem(W.i32load, SLOT_CHUNKS + (target >>> 16) * 4)
      .mem(W.i32load, (target >>> 2) & 0x3ffc)
    return
  }
  code.get(target.local).i32(16).op(W.i32shru).i32(2).op(W.i32shl).mem(W.i32load, SLOT_CHUNKS)
  code.get(target.local).i32(2).op(W.i32shru).i32(0x3ffc).op(W.i32and, W.i32add).mem(W.i32load)
}
