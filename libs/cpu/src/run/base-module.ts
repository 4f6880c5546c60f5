/** The hand-written functions of an engine: the interpreter's loop and its decoder, the ways between interpreter and translations, helpers. */
import { ENGINE_BASE, PERMISSION_TABLE, Perm } from '../memory/guest-memory.ts'
import { GUARD_WRITE } from '../translate/imports.ts'
import { Code, I32, I64, W } from '../wasm/code.ts'
import { functionTable } from '../wasm/function-table.ts'
import { encodeModule } from '../wasm/module.ts'
import { known } from './code-map.ts'
import { Op } from './op-record.ts'
import { Decoder, decode, fill } from './quick-decoder.ts'
import { SLOTS } from './slots.ts'
import { gpr, State } from './state-block.ts'

export interface BaseImports {
  /** Finds the record to go on with at State.rip; 0 = stop, or State.returned says so. */
  resume(): number
  /** `Records.hard` and `Records.settle`. */
  hard(address: number): number
  settle(): void
  /** A record at rip has had as many visits as count: the record to go on with, 0 = look at the state. */
  warm(record: number): number
}

export interface BaseExports {
  /** Runs records until one ends the run or a branch comes to where none is known. */
  loop(record: number): void
  /** The same, finding and decoding what branches come to; State.from is 0 unless the host is to do that. */
  go(record: number): void
  /** Runs the function at pc by the interpreter until it returns; gives the next pc, 0 = look at the state. */
  interpret(pc: number): number
  guard(address: bigint, bytes: number): number
  mulHigh(a: bigint, b: bigint, signed: number): bigint
  /** As in `quick-decoder.ts`. */
  fill(address: number, record: number): number
  decode(address: number): number
}

const RSP = 4
const TYPES = [
  { params: [I32], results: [I32] },
  { params: [], results: [I32] },
  { params: [I32], results: [] },
  { params: [I64, I32], results: [I32] },
  { params: [I64, I64, I32], results: [I64] },
  { params: [I32, I32], results: [I32] },
  { params: [], results: [] },
]
const HANDLER_TABLE = 0
const SLOT_TABLE = 1
/** The handler slot of records where a translation is entered; slot 0 is never called. */
export const ENTER_HANDLER = 1
/** Slots of the table of handlers. */
export const HANDLER_SLOTS = 8192

/** Function indices: imports, then what the module has. */
const Fn = {
  ...{ resume: 0, hard: 1, settle: 2, warm: 3 },
  ...{ loop: 4, go: 5, interpret: 6, guard: 7, mulHigh: 8, enter: 9, fill: 10, decode: 11 },
} as const

const i64at = (code: Code, address: number) => code.i32(0).mem(W.i64load, address)

function loop(): Code {
  const code = new Code(1)
  return code.loop().get(0).get(0).mem(W.i32load16u, Op.handler).callIndirect(0, HANDLER_TABLE).tee(0).brIf(0).end()
}

/** A branch to where no record is known has left rip and itself in State.from; whatever else ends a run is the host's. */
function go(): Code {
  const code = new Code(1)
  const from = code.local(I32)
  const pc = code.local(I32)
  code.loop().get(0).call(Fn.loop)
  code.i32(0).mem(W.i32load, State.from).tee(from).op(W.i32eqz).if().return().end()
  code.i32(0).mem(W.i32load, State.fuel).i32(0).op(W.i32lts)
  for (const word of [State.rip + 4, State.landing, State.deep, State.force]) code.i32(0).mem(W.i32load, word).op(W.i32or)
  code.i32(0).mem(W.i32load, State.rip).tee(pc).i32(ENGINE_BASE).op(W.i32geu, W.i32or).if().return().end()
  known(code, pc)
  code.tee(0).op(W.i32eqz).if()
  code.i32(0).mem(W.i32load, Decoder.asks).if().return().end()
  code.get(pc).call(Fn.decode).tee(0).op(W.i32eqz).if().return().end().end()
  code.get(from).get(0).mem(W.i32store, Op.link)
  code.i32(0).i32(0).mem(W.i32store, State.from)
  return code.br(0).end()
}

function interpret(): Code {
  const code = new Code(1)
  const floor = code.local(I64)
  const record = code.local(I32)
  const heat = code.local(I32)
  i64at(i64at(code, gpr(RSP)), State.limit)
    .op(W.i64ltu)
    .if()
  code.i32(0).get(0).op(W.i64extendU).mem(W.i64store, State.rip)
  code.i32(0).i32(1).mem(W.i32store, State.deep).i32(0).return().end()
  i64at(code, State.floor).set(floor)
  i64at(code.i32(0), gpr(RSP)).mem(W.i64store, State.floor)
  code.i32(0).get(0).op(W.i64extendU).mem(W.i64store, State.rip)
  code.i32(0).i32(0).mem(W.i32store, State.from)
  known(code, 0)
  code.tee(record).if()
  // A translation has called it: that is a visit, as a call by the interpreter is.
  code.get(record).get(record).mem(W.i32load16u, Op.heat).i32(1).op(W.i32add).tee(heat).mem(W.i32store16, Op.heat)
  code.get(heat).i32(0).mem(W.i32load, State.heat).op(W.i32geu).if().get(record).call(Fn.warm).set(record).end()
  code.else().call(Fn.resume).set(record).end()
  code.loop()
  code.get(record).if().get(record).call(Fn.go).end()
  code.i32(0).mem(W.i32load, State.returned).if()
  code.i32(0).i32(0).mem(W.i32store, State.returned)
  code.i32(0).get(floor).mem(W.i64store, State.floor)
  i64at(code, State.rip).op(W.i32wrap).return().end()
  code.get(record).op(W.i32eqz).if()
  code.i32(0).get(floor).mem(W.i64store, State.floor).i32(0).return().end()
  code.call(Fn.resume).set(record).br(0).end().op(0)
  return code
}

/** The handler of a record that stands for a translation: its slot is in the displacement. */
function enter(): Code {
  const code = new Code(1)
  const pc = code.local(I32)
  code.get(0).mem(W.i32load, Op.rip).get(0).mem(W.i32load, Op.displacement).callIndirect(0, SLOT_TABLE)
  code.tee(pc).op(W.i32eqz).if().i32(0).return().end()
  code.i32(0).get(pc).op(W.i64extendU).mem(W.i64store, State.rip)
  code.i32(0).i32(0).mem(W.i32store, State.from)
  i64at(i64at(code, gpr(RSP)), State.floor)
    .op(W.i64gtu)
    .if()
  code.i32(0).i32(1).mem(W.i32store, State.returned).i32(0).return().end()
  const next = code.local(I32)
  known(code, pc)
  code.tee(next).op(W.i32eqz).if()
  code.i32(0).i32(Decoder.nowhere).mem(W.i32store, State.from).i32(0).return().end()
  return code.get(next).get(next).mem(W.i32load16u, Op.handler).returnCallIndirect(0, HANDLER_TABLE)
}

/** 0 if so many bytes from a guest address may be read, or read and written if `GUARD_WRITE` is added to the count. */
function guard(): Code {
  const code = new Code(2)
  const need = code.local(I32)
  const page = code.local(I32)
  const last = code.local(I32)
  const end = code.local(I64)
  code
    .get(0)
    .get(1)
    .i32(GUARD_WRITE - 1)
    .op(W.i32and, W.i64extendU, W.i64add)
    .set(end)
  code.get(0).i64(BigInt(ENGINE_BASE)).op(W.i64geu).get(end).i64(BigInt(ENGINE_BASE)).op(W.i64gtu, W.i32or).if()
  code.i32(1).return().end()
  code
    .i32(Perm.read | Perm.write)
    .i32(Perm.read)
    .get(1)
    .i32(GUARD_WRITE)
    .op(W.i32and, W.select)
    .set(need)
  code.get(0).i64(12n).op(W.i64shru, W.i32wrap).set(page)
  code.get(end).i64(1n).op(W.i64sub).i64(12n).op(W.i64shru, W.i32wrap).set(last)
  code.loop()
  code.get(page).mem(W.i32load8u, PERMISSION_TABLE).get(need).i32(Perm.absent).op(W.i32or, W.i32and).get(need).op(W.i32ne).if()
  code.i32(1).return().end()
  code.get(page).i32(1).op(W.i32add).tee(page).get(last).op(W.i32leu).brIf(0)
  return code.end().i32(0)
}

/** High half of a 64 × 64 product, from four products of halves; a negative signed factor takes the other one away. */
function mulHigh(): Code {
  const code = new Code(3)
  const [a0, a1, b0, b1, mid, low] = Array.from({ length: 6 }, () => code.local(I64))
  const half = (local: number, to: number, upper: number) => {
    code.get(local).i64(0xffff_ffffn).op(W.i64and).set(to)
    code.get(local).i64(32n).op(W.i64shru).set(upper)
  }
  half(0, a0, a1)
  half(1, b0, b1)
  code.get(a0).get(b0).op(W.i64mul).i64(32n).op(W.i64shru).get(a1).get(b0).op(W.i64mul, W.i64add).set(mid)
  code.get(a0).get(b1).op(W.i64mul).get(mid).i64(0xffff_ffffn).op(W.i64and, W.i64add).set(low)
  code.get(a1).get(b1).op(W.i64mul).get(mid).i64(32n).op(W.i64shru, W.i64add).get(low).i64(32n).op(W.i64shru, W.i64add)
  code.get(2).if(I64)
  code.get(0).i64(63n).op(W.i64shrs).get(1).op(W.i64and).get(1).i64(63n).op(W.i64shrs).get(0).op(W.i64and, W.i64add)
  code.else().i64(0n).end().op(W.i64sub)
  return code
}

const IMPORTS = [
  { name: 'resume', type: 1 },
  { name: 'hard', type: 0 },
  { name: 'settle', type: 6 },
  { name: 'warm', type: 0 },
]
let bytes: Uint8Array<ArrayBuffer> | undefined
/** The module, which is the same for all engines. */
export function baseBytes(): Uint8Array<ArrayBuffer> {
  return (bytes ??= encodeModule({
    types: TYPES,
    tables: [
      { name: 'handlers', size: HANDLER_SLOTS },
      { name: 'slots', size: SLOTS },
    ],
    imports: IMPORTS,
    functions: [
      { type: 2, code: loop(), export: 'loop' },
      { type: 2, code: go(), export: 'go' },
      { type: 0, code: interpret(), export: 'interpret' },
      { type: 3, code: guard(), export: 'guard' },
      { type: 4, code: mulHigh(), export: 'mulHigh' },
      { type: 0, code: enter() },
      { type: 5, code: fill(), export: 'fill' },
      { type: 0, code: decode(Fn), export: 'decode' },
    ],
    elements: { at: ENTER_HANDLER, functions: [Fn.enter] },
  }))
}

export function makeBase(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  handlers: WebAssembly.Table,
  slots: WebAssembly.Table,
  imports: BaseImports,
): BaseExports {
  return new WebAssembly.Instance(module, { env: { memory, handlers, slots, ...imports } }).exports as unknown as BaseExports
}
/** All functions of the module, not to be called. */
export function baseFunctions(module: WebAssembly.Module, memory: WebAssembly.Memory): unknown[] {
  const handlers = functionTable(HANDLER_SLOTS)
  const nothing = () => 0
  const exports = makeBase(module, memory, handlers, functionTable(SLOTS), {
    resume: nothing,
    hard: nothing,
    settle: nothing,
    warm: nothing,
  })
  return [...Object.values(exports), handlers.get(ENTER_HANDLER)]
}
