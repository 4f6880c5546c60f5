import { type Code, W } from '../wasm/code.ts'
import { PERMISSION_TABLE, Perm } from './guest-memory.ts'

/** Pushes 0 if up to `PAGE` bytes from the i64 local may be accessed, by one look at their first page; else another i32: who wants to know looks closer. */
export function pushSlow(code: Code, address: number, write: boolean): void {
  code.get(address).i64(32n).op(W.i64shru, W.i32wrap)
  code.get(address).op(W.i32wrap).i32(12).op(W.i32shru).mem(W.i32load8u, PERMISSION_TABLE)
  code.i32(write ? Perm.slowWrite : Perm.slowRead).op(W.i32and, W.i32or)
}
