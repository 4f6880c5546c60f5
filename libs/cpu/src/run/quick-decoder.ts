/**
 * Decoding by example, in WebAssembly: runs of records are written from what `Patterns` has learned, and the host is asked only for an
 * instruction unlike all before.
 */
import { ENGINE_BASE, type GuestMemory, PERMISSION_TABLE, Perm } from '../memory/guest-memory.ts'
import { Code, I32, I64, W } from '../wasm/code.ts'
import { isFull, known, placeOf } from './code-map.ts'
import { DECODER, Op, RECORDS, RECORDS_END } from './op-record.ts'
import { ENDS, Key, MODRM_USES, Modrm, P, PATTERNS, PLACES } from './patterns.ts'
import { State } from './state-block.ts'

/** Instructions in one run of records, at most. */
export const RUN = 64
export const LONGEST = 15
/** From REX.W to `Key.wide`. */
const WIDE_SHIFT = 10
/** Bytes that `fill` may look at; they must be executable. */
export const REACH = 24
/** Chunks that the addresses of one run may take. */
export const RUN_CHUNKS = 5
/** Behind this a run may not begin. */
export const LAST_RUN = RECORDS_END - (RUN + 1) * Op.size

/** u32 each in engine memory. */
export const Decoder = {
  /** The record to be written next. */
  free: DECODER + 0x04,
  /** Instructions that have a record. */
  size: DECODER + 0x08,
  /** Key of the instruction that `fill` saw last. */
  key: DECODER + 0x0c,
  /** The handler of records that go on elsewhere. */
  goto: DECODER + 0x10,
  /** 1 = each instruction is the host's to decode. */
  careful: DECODER + 0x14,
  /** 1 = the host is to be asked before anything is decoded. */
  asks: DECODER + 0x18,
  /** A record that stands for branches without one of their own, so that there is something to link. */
  nowhere: DECODER + 0x40,
} as const
/** Bytes from `DECODER` on that are not tables of patterns. */
export const DECODER_WORDS = 0x1000
const PLACE_TABLE = DECODER + 0x80
const USE_TABLE = DECODER + 0x100
const PATTERN_TABLE = DECODER + DECODER_WORDS
/** u16 per key: number of its pattern, 0 = none. */
const INDEX = DECODER + 0x6_0000

/** Gives engine memory what does not change. */
export function prepare(memory: GuestMemory): void {
  for (const [i, place] of PLACES.entries()) memory.setU16(PLACE_TABLE + i * 2, place)
  memory.bytes(USE_TABLE, MODRM_USES.length).set(MODRM_USES)
  memory.setU32(Decoder.free, RECORDS)
}
/** Patterns as the decoder reads them; each is a whole of `P.size` words. */
export class PatternTable {
  readonly #words: Int32Array
  readonly #index: Uint16Array

  constructor(memory: GuestMemory) {
    this.#words = new Int32Array(memory.memory.buffer, PATTERN_TABLE, PATTERNS * P.size)
    this.#index = new Uint16Array(memory.memory.buffer, INDEX, Key.size)
  }
  put(number: number, key: number, words: Int32Array): void {
    this.#words.set(words, number * P.size)
    this.#index[key] = number
  }
  remove(key: number): void {
    this.#index[key] = 0
  }
  clear(): void {
    this.#index.fill(0)
  }
}

/** (address, record): writes the record of the instruction there; its length, and `ENDS` with it, or 0: it is like none before. */
export function fill(): Code {
  const code = new Code(2)
  const [AT, RECORD] = [0, 1]
  const i32 = () => code.local(I32)
  const [p, byte, key, rex, modrm, pattern, base, index, scale, relative, count, target, first, others, taken] = Array.from(
    { length: 15 },
    i32,
  )
  const displacement = code.local(I64)
  const immediate = code.local(I64)
  const next = (to: number) => code.get(p).mem(W.i32load8u).set(to).get(p).i32(1).op(W.i32add).set(p)
  const field = (n: number, load: number = W.i32load) => code.get(pattern).mem(load, PATTERN_TABLE + n * 4)
  const place = () => code.i32(1).op(W.i32shl).mem(W.i32load16u, PLACE_TABLE)
  const add = (to: number, bits: () => Code) => bits().get(to).op(W.i32or).set(to)
  const isDirect = () => code.get(modrm).i32(0xc0).op(W.i32and, W.i32eqz)

  code.get(AT).set(p)
  next(byte)
  code.block().loop()
  code.get(p).get(AT).op(W.i32sub).i32(5).op(W.i32geu).brIf(1)
  code.get(byte).i32(0x66).op(W.i32eq).if()
  add(key, () => code.i32(Key.small))
  code.else().get(byte).i32(0xfe).op(W.i32and).i32(0xf2).op(W.i32eq).if()
  code
    .get(key)
    .i32(~(3 << Key.repeat))
    .op(W.i32and)
    .set(key)
  add(key, () => code.get(byte).i32(1).op(W.i32xor).i32(3).op(W.i32and).i32(Key.repeat).op(W.i32shl))
  code.else().get(byte).i32(0xfe).op(W.i32and).i32(0x64).op(W.i32eq).if()
  code
    .get(key)
    .i32(~(3 << Key.segment))
    .op(W.i32and)
    .set(key)
  add(key, () => code.get(byte).i32(1).op(W.i32and).i32(1).op(W.i32add).i32(Key.segment).op(W.i32shl))
  code.else().br(4).end().end().end()
  next(byte).br(0).end().end()

  code.get(byte).i32(0xf0).op(W.i32and).i32(0x40).op(W.i32eq).if().get(byte).set(rex)
  add(key, () => code.get(byte).i32(8).op(W.i32and).i32(WIDE_SHIFT).op(W.i32shl).i32(Key.rex).op(W.i32or))
  next(byte).end()
  code.get(byte).i32(0x0f).op(W.i32eq).if()
  next(byte)
  add(byte, () => code.i32(0x100))
  code.end()
  add(key, () => code.get(byte))
  const bits = (shift: number, mask: number) => code.get(key).i32(shift).op(W.i32shru).i32(mask).op(W.i32and)
  bits(Key.repeat, 3).set(count)
  code.get(count)
  bits(Key.smallBit, 1).get(count).op(W.select).i32(9).op(W.i32shl).get(byte).op(W.i32or).mem(W.i32load8u, USE_TABLE).tee(taken).if()
  next(modrm)
  code.get(taken).i32(Modrm.grouped).op(W.i32eq).if()
  add(key, () => code.get(modrm).i32(3).op(W.i32shru).i32(7).op(W.i32and).i32(Key.reg).op(W.i32shl))
  code.end().get(modrm).i32(0xc0).op(W.i32geu).if()
  add(key, () => code.i32(Key.register))
  code.end().end()
  code.i32(0).get(key).mem(W.i32store, Decoder.key)
  // With REX.B 90h is an exchange, otherwise nop.
  code.get(byte).i32(0x90).op(W.i32eq).get(rex).op(W.i32and).if().i32(0).return().end()
  code.get(key).i32(1).op(W.i32shl).mem(W.i32load16u, INDEX).tee(pattern).op(W.i32eqz).if().i32(0).return().end()
  code
    .get(pattern)
    .i32(P.size * 4)
    .op(W.i32mul)
    .set(pattern)

  field(P.memory).if().i32(State.zero).set(base).i32(State.zero).set(index)
  code.i32(4).get(modrm).i32(6).op(W.i32shru).tee(count).get(count).i32(2).op(W.i32eq, W.select).set(count)
  code.get(modrm).i32(7).op(W.i32and).set(taken)
  code.get(taken).i32(4).op(W.i32eq).if()
  next(first)
  code.get(first).i32(6).op(W.i32shru).set(scale)
  code.get(first).i32(3).op(W.i32shru).i32(7).op(W.i32and).get(rex).i32(2).op(W.i32and).i32(2).op(W.i32shl, W.i32or)
  code.tee(others).i32(4).op(W.i32ne).if().get(others)
  place().set(index).end()
  code.get(first).i32(7).op(W.i32and).set(taken)
  code.else().get(taken).i32(5).op(W.i32eq)
  isDirect().op(W.i32and).set(relative).end()
  // Base 5 without a displacement is none at all, and there is one of four bytes.
  code.get(taken).i32(5).op(W.i32eq)
  isDirect().op(W.i32and).if().i32(4).set(count)
  code.else().get(taken).get(rex).i32(1).op(W.i32and).i32(3).op(W.i32shl, W.i32or)
  place().set(base).end()
  code.get(count).i32(1).op(W.i32eq).if().get(p).mem(W.i64load8s).set(displacement)
  code.else().get(count).if().get(p).mem(W.i64load32s).set(displacement).end().end()
  code.get(p).get(count).op(W.i32add).set(p).end()

  field(P.constant, W.i64load32u).set(immediate)
  field(P.immediate).tee(count).if()
  code.get(count).i32(1).op(W.i32eq).if().get(p).mem(W.i64load8s).set(immediate)
  code.else().get(count).i32(2).op(W.i32eq).if().get(p).mem(W.i64load16s).set(immediate)
  code.else().get(count).i32(4).op(W.i32eq).if().get(p).mem(W.i64load32s).set(immediate)
  code.else().get(p).mem(W.i64load).set(immediate).end().end().end()
  code.get(p).get(count).op(W.i32add).set(p).end()
  field(P.relative).tee(count).if()
  code.get(p).mem(W.i32load8s).get(p).mem(W.i32load).get(count).i32(1).op(W.i32eq, W.select)
  code.get(p).get(count).op(W.i32add).tee(p).op(W.i32add).set(target).end()

  code
    .get(pattern)
    .get(target)
    .get(AT)
    .op(W.i32leu)
    .i32(2)
    .op(W.i32shl, W.i32add)
    .mem(W.i32load, PATTERN_TABLE + P.ahead * 4)
  code.tee(first).op(W.i32eqz).get(p).get(AT).op(W.i32sub).i32(LONGEST).op(W.i32gtu, W.i32or).if().i32(0).return().end()
  code.get(relative).if().get(displacement).get(p).op(W.i64extendU, W.i64add).set(displacement).end()
  add(first, () => field(P.first))
  field(P.others).set(others)
  /** The register in `count` goes where the pattern's field in `taken` says. */
  const put = () => {
    code.get(taken).i32(3).op(W.i32shru).get(count).op(W.i32add)
    place().set(count)
    code.get(taken).i32(7).op(W.i32and).tee(taken).i32(1).op(W.i32eq).if()
    add(first, () => code.get(count).i32(16).op(W.i32shl))
    code.else()
    add(others, () => code.get(count).i32(0).i32(16).get(taken).i32(2).op(W.i32eq, W.select, W.i32shl))
    code.end()
  }
  field(P.reg).tee(taken).if()
  code.get(modrm).i32(3).op(W.i32shru).i32(7).op(W.i32and).get(rex).i32(4).op(W.i32and).i32(1).op(W.i32shl, W.i32or).set(count)
  put()
  code.end()
  field(P.rm)
  field(P.opcode).op(W.i32or).tee(taken).if()
  code.get(modrm).get(byte)
  field(P.rm).op(W.select).i32(7).op(W.i32and).get(rex).i32(1).op(W.i32and).i32(3).op(W.i32shl, W.i32or).set(count)
  put()
  code.end()

  const store = (offset: number, local: number) => code.get(RECORD).get(local).mem(W.i32store, offset)
  store(Op.handler, first)
  store(Op.b, others)
  code.get(RECORD).get(base).get(index).i32(16).op(W.i32shl, W.i32or).mem(W.i32store, Op.base)
  store(Op.scale, scale)
  code.get(RECORD).get(displacement).mem(W.i64store, Op.displacement)
  code.get(RECORD).get(immediate).mem(W.i64store, Op.immediate)
  store(Op.rip, AT)
  store(Op.next, p)
  store(Op.target, target)
  code.get(RECORD).i32(0).mem(W.i32store, Op.link)
  code.get(p).get(AT).op(W.i32sub).i32(ENDS).i32(0)
  return field(P.ends).op(W.select, W.i32or)
}

/** Function indices of what `decode` calls. */
export interface DecoderCalls {
  readonly fill: number
  /** (address): the host writes the record to `Decoder.free`; as `fill`, or 0: it cannot be fetched, or there is no room for its handler. */
  readonly hard: number
  /** The host makes the handlers of what it has decoded. */
  readonly settle: number
}

/** (address without a record): its record, a run of them decoded; 0 = the host is to look. */
export function decode(calls: DecoderCalls): Code {
  const code = new Code(1)
  const AT = 0
  const [first, record, count, length, asked] = Array.from({ length: 5 }, () => code.local(I32))
  const executable = (beyond: number) => {
    code.get(AT).i32(beyond).op(W.i32add).i32(12).op(W.i32shru).mem(W.i32load8u, PERMISSION_TABLE)
    code
      .i32(Perm.exec | Perm.absent)
      .op(W.i32and)
      .i32(Perm.exec)
      .op(W.i32eq)
  }
  code.i32(0).mem(W.i32load, Decoder.free).tee(first).tee(record).i32(LAST_RUN).op(W.i32gtu)
  isFull(code, RUN_CHUNKS)
  code.op(W.i32or).if().i32(0).return().end()
  code.block().block().loop()
  code.get(count).i32(RUN).op(W.i32eq).brIf(1)
  known(code, AT)
  code.brIf(1)
  code.i32(0).set(length)
  code.i32(0).mem(W.i32load, Decoder.careful).op(W.i32eqz).get(AT).i32(ENGINE_BASE).op(W.i32ltu, W.i32and).if()
  executable(0)
  executable(REACH - 1)
  code.op(W.i32and).if().get(AT).get(record).call(calls.fill).set(length).end().end()
  code.get(length).op(W.i32eqz).if()
  code.i32(0).get(record).mem(W.i32store, Decoder.free).i32(1).set(asked)
  code.get(AT).call(calls.hard).tee(length).op(W.i32eqz).if()
  code.get(count).op(W.i32eqz).if().i32(0).return().end().br(3).end().end()
  placeOf(code, AT)
  code.get(record).mem(W.i32store)
  code.i32(0).i32(0).mem(W.i32load, Decoder.size).i32(1).op(W.i32add).mem(W.i32store, Decoder.size)
  code.get(record).i32(Op.size).op(W.i32add).set(record)
  code
    .get(AT)
    .get(length)
    .i32(ENDS - 1)
    .op(W.i32and, W.i32add)
    .set(AT)
  code.get(count).i32(1).op(W.i32add).set(count)
  code.get(length).i32(ENDS).op(W.i32and).brIf(2)
  code.br(0).end().end()
  // What follows has a record, or is left for later: goto.
  const store = (offset: number, local: number) => code.get(record).get(local).mem(W.i32store, offset)
  code.get(record).i32(0).mem(W.i32load, Decoder.goto).mem(W.i32store, Op.handler)
  for (const offset of [Op.base, Op.displacement, Op.immediate]) code.get(record).i64(0n).mem(W.i64store, offset)
  for (const offset of [Op.b, Op.link]) code.get(record).i32(0).mem(W.i32store, offset)
  for (const offset of [Op.rip, Op.next, Op.target]) store(offset, AT)
  code.get(record).i32(Op.size).op(W.i32add).set(record).end()
  code.i32(0).get(record).mem(W.i32store, Decoder.free)
  return code.get(asked).if().call(calls.settle).end().get(first)
}
