/** The hand-written functions of an engine: the interpreter's loop, the ways between interpreter and translations, helpers. */
import { ENGINE_BASE, PERMISSION_TABLE, Perm } from '../memory/guest-memory.ts'
import { GUARD_WRITE } from '../translate/imports.ts'
import { Code, I32, I64, W } from '../wasm/code.ts'
import { encodeModule } from '../wasm/module.ts'
import { ENTRY_CACHE, ENTRY_SLOTS, Op } from './op-record.ts'
import { gpr, State } from './state-block.ts'

export interface BaseImports {
  /** Finds the record to go on with at State.rip; 0 = stop, or State.returned says so. */
  resume(): number
}

export interface BaseExports {
  /** Runs records until one ends the run. */
  loop(record: number): void
  /** Runs the function at pc by the interpreter until it returns; gives the next pc, 0 = look at the state. */
  interpret(pc: number): number
  guard(address: bigint, bytes: number): number
  mulHigh(a: bigint, b: bigint, signed: number): bigint
}

const RSP = 4
const TYPES = [
  { params: [I32], results: [I32] },
  { params: [], results: [I32] },
  { params: [I32], results: [] },
  { params: [I64, I32], results: [I32] },
  { params: [I64, I64, I32], results: [I64] },
]
const HANDLER_TABLE = 0
const SLOT_TABLE = 1
/** The handler slot of records where a translation is entered. */
export const ENTER_HANDLER = 1

/** Pushes the record of the i32 local `pc` if the entry cache has it, else 0. */
export function cached(code: Code, pc: number): void {
  const slot = code.local(I32)
  code
    .get(pc)
    .i32(ENTRY_SLOTS - 1)
    .op(W.i32and)
    .i32(3)
    .op(W.i32shl)
    .set(slot)
  code
    .get(slot)
    .mem(W.i32load, ENTRY_CACHE + 4)
    .i32(0)
  code.get(slot).mem(W.i32load, ENTRY_CACHE).get(pc).op(W.i32eq, W.select)
}
const i64at = (code: Code, address: number) => code.i32(0).mem(W.i64load, address)

function loop(): Code {
  const code = new Code(1)
  return code.loop().get(0).get(0).mem(W.i32load16u, Op.handler).callIndirect(0, HANDLER_TABLE).tee(0).brIf(0).end()
}

function interpret(loopIndex: number): Code {
  const code = new Code(1)
  const floor = code.local(I64)
  const record = code.local(I32)
  i64at(i64at(code, gpr(RSP)), State.limit)
    .op(W.i64ltu)
    .if()
  code.i32(0).get(0).op(W.i64extendU).mem(W.i64store, State.rip)
  code.i32(0).i32(1).mem(W.i32store, State.deep).i32(0).return().end()
  i64at(code, State.floor).set(floor)
  i64at(code.i32(0), gpr(RSP)).mem(W.i64store, State.floor)
  code.i32(0).get(0).op(W.i64extendU).mem(W.i64store, State.rip)
  code.i32(0).i32(0).mem(W.i32store, State.from)
  cached(code, 0)
  code.tee(record).op(W.i32eqz).if().call(0).set(record).end()
  code.loop()
  code.get(record).if().get(record).call(loopIndex).end()
  code.i32(0).mem(W.i32load, State.returned).if()
  code.i32(0).i32(0).mem(W.i32store, State.returned)
  code.i32(0).get(floor).mem(W.i64store, State.floor)
  i64at(code, State.rip).op(W.i32wrap).return().end()
  code.get(record).op(W.i32eqz).if()
  code.i32(0).get(floor).mem(W.i64store, State.floor).i32(0).return().end()
  code.call(0).set(record).br(0).end().op(0)
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
  cached(code, pc)
  code.tee(next).op(W.i32eqz).if().i32(0).return().end()
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

export function makeBase(
  memory: WebAssembly.Memory,
  handlers: WebAssembly.Table,
  slots: WebAssembly.Table,
  imports: BaseImports,
): BaseExports {
  const LOOP = 1
  const bytes = encodeModule({
    types: TYPES,
    tables: ['handlers', 'slots'],
    imports: [{ name: 'resume', type: 1 }],
    functions: [
      { type: 2, code: loop(), export: 'loop' },
      { type: 0, code: interpret(LOOP), export: 'interpret' },
      { type: 3, code: guard(), export: 'guard' },
      { type: 4, code: mulHigh(), export: 'mulHigh' },
      { type: 0, code: enter() },
    ],
    elements: { at: ENTER_HANDLER, functions: [LOOP + 4] },
  })
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory, handlers, slots, ...imports } })
  return exports as unknown as BaseExports
}
