/** <arpa/nameser.h>: answers of name servers taken apart (RFC 1035, 4.1). */
import { Gpr } from '@bootgraph/cpu'
import { readable, source, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { leaf, type SymbolRow } from '../../registry/define.ts'
import { expandName, skipped } from './name-rows.ts'

const ENODEV = 19
const EMSGSIZE = 90
/** ns_msg of linux-gnu: message and its end, id, flags and four counts (u16), where the sections begin, and the record that comes next. */
const Message = { start: 0, end: 8, id: 16, flags: 18, counts: 20, sections: 32, section: 64, record: 68, at: 72, size: 80 } as const
/** ns_rr of linux-gnu. */
const Rr = { name: 0, nameSize: 1025, type: 1026, class: 1028, ttl: 1032, length: 1036, data: 1040, size: 1048 } as const
const SECTIONS = 4
const HEADER = 12
/** Bytes of a question and of a record behind the name. */
const QUESTION = 4
const RECORD = 10
/** Flags of a message by number: how far to the right, and how many bits. */
const FLAGS = [
  [15, 1],
  [11, 15],
  [10, 1],
  [9, 1],
  [8, 1],
  [7, 1],
  [6, 1],
  [5, 1],
  [4, 1],
  [0, 15],
] as const

const get16 = (c: LibcCall, at: number): number => (c.memory.getU8(at) << 8) | c.memory.getU8(at + 1)
const get32 = (c: LibcCall, at: number): number => ((get16(c, at) << 16) | get16(c, at + 2)) >>> 0

/** Bytes of `count` records from `from` on, or -1. */
function skip(c: LibcCall, from: number, end: number, section: number, count: number): number {
  let at = from
  for (let i = 0; i < count; i++) {
    const name = skipped(c, at, end)
    const fixed = section === 0 ? QUESTION : RECORD
    if (name < 0 || at + name + fixed > end) return c.fail(EMSGSIZE)
    at += name + fixed
    if (section !== 0) at += get16(c, at - 2)
    if (at > end) return c.fail(EMSGSIZE)
  }
  return at - from
}

function setSection(c: LibcCall, handle: number, section: number): void {
  const { memory } = c
  const none = section === SECTIONS
  memory.setI32(handle + Message.section, section)
  memory.setI32(handle + Message.record, none ? -1 : 0)
  memory.setSize(handle + Message.at, none ? 0 : memory.getSize(handle + Message.sections + 8 * section))
}

function begin(c: LibcCall, message: number, length: number, handle: number): number {
  const { memory } = c
  if (length < HEADER || source(c, message, length) === undefined || !writable(c, handle, Message.size)) return c.fail(EMSGSIZE)
  const end = message + length
  memory.setSize(handle + Message.start, message)
  memory.setSize(handle + Message.end, end)
  for (let i = 0; i < HEADER / 2; i++) memory.setU16(handle + Message.id + 2 * i, get16(c, message + 2 * i))
  let at = message + HEADER
  for (let i = 0; i < SECTIONS; i++) {
    const count = memory.getU16(handle + Message.counts + 2 * i)
    memory.setSize(handle + Message.sections + 8 * i, count === 0 ? 0 : at)
    const size = skip(c, at, end, i, count)
    if (size < 0) return -1
    at += size
  }
  if (at !== end) return c.fail(EMSGSIZE)
  setSection(c, handle, SECTIONS)
  return 0
}

function record(c: LibcCall, handle: number, section: number, wanted: number, out: number): number {
  const { memory } = c
  if (!writable(c, handle, Message.size) || !writable(c, out, Rr.size)) return c.fail(EMSGSIZE)
  if (section < 0 || section >= SECTIONS) return c.fail(ENODEV)
  if (section !== memory.getI32(handle + Message.section)) setSection(c, handle, section)
  const number = wanted === -1 ? memory.getI32(handle + Message.record) : wanted
  if (number < 0 || number >= memory.getU16(handle + Message.counts + 2 * section)) return c.fail(ENODEV)
  if (number < memory.getI32(handle + Message.record)) setSection(c, handle, section)
  const [message, end] = [memory.getSize(handle + Message.start), memory.getSize(handle + Message.end)]
  let at = memory.getSize(handle + Message.at)
  const passed = skip(c, at, end, section, number - memory.getI32(handle + Message.record))
  if (passed < 0) return -1
  at += passed
  memory.setI32(handle + Message.record, number)
  const name = expandName(c, message, end, at, out, Rr.nameSize)
  if (name < 0) return -1
  at += name
  if (at + (section === 0 ? QUESTION : RECORD) > end) return c.fail(EMSGSIZE)
  memory.setU16(out + Rr.type, get16(c, at))
  memory.setU16(out + Rr.class, get16(c, at + 2))
  const length = section === 0 ? 0 : get16(c, at + 8)
  memory.setU32(out + Rr.ttl, section === 0 ? 0 : get32(c, at + 4))
  memory.setU16(out + Rr.length, length)
  at += section === 0 ? QUESTION : RECORD
  if (at + length > end) return c.fail(EMSGSIZE)
  memory.setSize(out + Rr.data, section === 0 ? 0 : at)
  memory.setSize(handle + Message.at, at + length)
  memory.setI32(handle + Message.record, number + 1)
  if (number + 1 > memory.getU16(handle + Message.counts + 2 * section)) setSection(c, handle, section + 1)
  return 0
}

/** The handle comes by value, on the stack behind the return address. */
function flag(c: LibcCall, which: number): number {
  const [shift, mask] = FLAGS[which] ?? [0, 0]
  return (c.memory.getU16(c.state.low(Gpr.rsp) + 8 + Message.flags) >> shift) & mask
}

function put(c: LibcCall, value: number, out: number, size: 2 | 4): void {
  if (!writable(c, out, size)) return
  for (let i = 0; i < size; i++) c.memory.setU8(out + i, (value >>> (8 * (size - 1 - i))) & 0xff)
}

export const messageRows: readonly SymbolRow[] = [
  leaf('ns_initparse', 'int(ptr, int, ptr)', begin),
  leaf('ns_parserr', 'int(ptr, int, int, ptr)', record),
  leaf('ns_skiprr', 'int(ptr, ptr, int, int)', skip),
  leaf('ns_msg_getflag', 'int(int)', flag),
  leaf('ns_get16', 'uint(ptr)', (c, at: number) => (readable(c, at, 2) ? get16(c, at) : 0)),
  leaf('ns_get32', 'long(ptr)', (c, at: number) => (readable(c, at, 4) ? get32(c, at) : 0)),
  leaf('ns_put16', 'void(uint, ptr)', (c, value: number, out: number) => put(c, value, out, 2)),
  leaf('ns_put32', 'void(long, ptr)', (c, value: number, out: number) => put(c, value, out, 4)),
]
