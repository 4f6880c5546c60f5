/** Multibyte text to wide characters and back. */
import { EFAULT, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, leaf, object, type SymbolRow } from '../../registry/define.ts'
import { decodeIn, encodeIn, LONGEST } from './charset.ts'

const EILSEQ = 84
const FAILED = 0xffff_ffff_ffff_ffffn
const INCOMPLETE = 0xffff_ffff_ffff_fffen
type Size = number | bigint

function refuse(c: LibcCall, errno: number): bigint {
  c.fail(errno)
  return FAILED
}

/** The readable bytes at an address, at most those of one character. */
function peek(c: LibcCall, at: number, limit: number): Uint8Array {
  let size = 0
  while (size < Math.min(limit, LONGEST) && c.memory.accessible(at + size, 1, 1)) size++
  return c.memory.bytes(at, size)
}

/** mbstate_t, 8 bytes: how many bytes of an unfinished character are known, then those. */
function mbrtowc(c: LibcCall, out: number, text: number, limit: number, state: number): Size {
  const stateful = state !== 0 && writable(c, state, 8)
  const kept = stateful ? Math.min(c.memory.getU8(state), LONGEST - 1) : 0
  if (text === 0) {
    if (stateful) c.memory.setU32(state, 0)
    return kept === 0 ? 0 : refuse(c, EILSEQ)
  }
  if (limit === 0) return INCOMPLETE
  const fresh = peek(c, text, limit)
  if (fresh.length === 0) return refuse(c, EFAULT)
  const bytes = kept === 0 ? fresh : Uint8Array.of(...c.memory.bytes(state + 1, kept), ...fresh)
  const found = decodeIn(c, bytes.subarray(0, LONGEST))
  if (found === -1) return refuse(c, EILSEQ)
  if (found === -2) {
    if (stateful) {
      c.memory.u8.set(bytes, state + 1)
      c.memory.setU8(state, bytes.length)
    }
    return INCOMPLETE
  }
  if (stateful) c.memory.setU32(state, 0)
  if (out !== 0 && writable(c, out, 4)) c.memory.setU32(out, found.code)
  return found.code === 0 ? 0 : found.length - kept
}

function wcrtomb(c: LibcCall, out: number, code: number): Size {
  if (out === 0) return 1
  const bytes = encodeIn(c, code)
  if (bytes === undefined) return refuse(c, EILSEQ)
  if (!writable(c, out, bytes.length)) return refuse(c, EFAULT)
  c.memory.u8.set(bytes, out)
  return bytes.length
}

/** mbsnrtowcs: at most `bytes` bytes into at most `room` wide characters; `cursor` is moved on where there is a target. */
function toWide(c: LibcCall, out: number, cursor: number, bytes: number, room: number): Size {
  if (!writable(c, cursor, 8)) return refuse(c, EFAULT)
  let at = c.memory.getSize(cursor)
  const end = at + bytes
  const move = (to: number): void => {
    if (out !== 0) c.memory.setSize(cursor, to)
  }
  for (let count = 0; ; count++) {
    if (at >= end || (out !== 0 && count >= room)) {
      move(at)
      return count
    }
    const found = decodeIn(c, peek(c, at, end - at))
    if (typeof found === 'number') {
      move(at)
      return refuse(c, EILSEQ)
    }
    if (out !== 0) {
      if (!writable(c, out + count * 4, 4)) return refuse(c, EFAULT)
      c.memory.setU32(out + count * 4, found.code)
    }
    if (found.code === 0) {
      move(0)
      return count
    }
    at += found.length
  }
}

/** wcsnrtombs: at most `characters` wide characters into at most `room` bytes, whole characters only. */
function toBytes(c: LibcCall, out: number, cursor: number, characters: number, room: number): Size {
  if (!writable(c, cursor, 8)) return refuse(c, EFAULT)
  const from = c.memory.getSize(cursor)
  const move = (index: number): void => {
    if (out !== 0) c.memory.setSize(cursor, from + index * 4)
  }
  let count = 0
  for (let i = 0; ; i++) {
    if (i >= characters) {
      move(i)
      return count
    }
    if (!c.memory.accessible(from + i * 4, 4, 1)) return refuse(c, EFAULT)
    const code = c.memory.getU32(from + i * 4)
    const bytes = encodeIn(c, code)
    if (bytes === undefined) {
      move(i)
      return refuse(c, EILSEQ)
    }
    if (out !== 0) {
      if (count + bytes.length > room) {
        move(i)
        return count
      }
      if (!writable(c, out + count, bytes.length)) return refuse(c, EFAULT)
      c.memory.u8.set(bytes, out + count)
    }
    if (code === 0) {
      if (out !== 0) c.memory.setSize(cursor, 0)
      return count
    }
    count += bytes.length
  }
}

const ALL = 0xffff_ffff

/** mbstowcs and wcstombs: the text itself and no cursor, with room for what is made; a null target only counts. */
function fromText(c: LibcCall, out: number, text: number, room: number, convert: typeof toWide): Size {
  const cursor = c.object('__libc_cursor')
  c.memory.setSize(cursor, text)
  return convert(c, out, cursor, ALL, room)
}

function mbrlen(c: LibcCall, text: number, limit: number, state: number): Size {
  return mbrtowc(c, 0, text, limit, state === 0 ? c.object('__libc_mbrlen') : state)
}

export const convertRows: readonly SymbolRow[] = [
  leaf('btowc', 'int(int)', (_, byte: number) => (byte >= 0 && byte < 128 ? byte : -1)),
  leaf('wctob', 'int(int)', (_, code: number) => (code >= 0 && code < 128 ? code : -1)),
  object('__libc_cursor', 8, 8),
  object('__libc_mbrlen', 8, 8),
  leaf('mbsinit', 'int(ptr)', (c, state: number) => (state === 0 || (writable(c, state, 8) && c.memory.getU32(state) === 0) ? 1 : 0)),
  leaf('mbrlen', 'size(ptr, size, ptr)', mbrlen),
  alias('__mbrlen', 'mbrlen'),
  leaf('mblen', 'int(ptr, size)', (c, text: number, limit: number) => {
    const taken = mbrtowc(c, 0, text, limit, 0)
    return typeof taken === 'bigint' ? -1 : taken
  }),
  leaf('mbstowcs', 'size(ptr, ptr, size)', (c, out: number, text: number, room: number) => fromText(c, out, text, room, toWide)),
  leaf('wcstombs', 'size(ptr, ptr, size)', (c, out: number, text: number, room: number) => fromText(c, out, text, room, toBytes)),
  leaf('mbrtowc', 'size(ptr, ptr, size, ptr)', mbrtowc),
  leaf('mbtowc', 'int(ptr, ptr, size)', (c, out: number, text: number, limit: number) => {
    const taken = mbrtowc(c, out, text, limit, 0)
    return typeof taken === 'bigint' ? -1 : taken
  }),
  leaf('mbsnrtowcs', 'size(ptr, ptr, size, size, ptr)', toWide, 'partial', 'a character that the byte limit cuts is refused'),
  leaf('mbsrtowcs', 'size(ptr, ptr, size, ptr)', (c, out: number, cursor: number, room: number) => toWide(c, out, cursor, ALL, room)),
  leaf('wcrtomb', 'size(ptr, uint, ptr)', wcrtomb),
  leaf('wctomb', 'int(ptr, uint)', (c, out: number, code: number) => {
    const put = out === 0 ? 0 : wcrtomb(c, out, code)
    return typeof put === 'bigint' ? -1 : put
  }),
  leaf('wcsnrtombs', 'size(ptr, ptr, size, size, ptr)', toBytes),
  leaf('wcsrtombs', 'size(ptr, ptr, size, ptr)', (c, out: number, cursor: number, room: number) => toBytes(c, out, cursor, ALL, room)),
]
