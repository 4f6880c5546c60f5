/** https://pubs.opengroup.org/onlinepubs/9699919799/functions/strerror.html */
import { writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { leaf, object, type SymbolRow } from '../../registry/define.ts'
import { constant } from '../constant.ts'
import { segfault } from '../fault.ts'
import { storage } from '../storage.ts'
import { errorNames, errorSlot, errorTable, errorText } from './messages.ts'

const EINVAL = 22
const ERANGE = 34
/** Bytes of the text of a number that has none. */
const UNKNOWN_SIZE = 40

/** Writes a text cut to `room` bytes, NUL included. False if the room is not the program's. */
function put(c: LibcCall, to: number, room: number, text: string): boolean {
  if (!writable(c, to, room)) return false
  const bytes = new TextEncoder().encode(text).subarray(0, Math.max(0, room - 1))
  c.memory.u8.set(bytes, to)
  if (room > 0) c.memory.setU8(to + bytes.length, 0)
  return true
}

function strerror(c: LibcCall, errno: number): number {
  if (errorText(errno) !== undefined) return storage(c, '__libc_errors') + errorSlot(errno)
  const at = storage(c, '__libc_unknown_error')
  put(c, at, UNKNOWN_SIZE, `Unknown error ${errno}`)
  return at
}

/** The GNU function: its answer need not be the buffer. */
function gnu(c: LibcCall, errno: number, to: number, room: number): number {
  if (errorText(errno) !== undefined) return strerror(c, errno)
  return put(c, to, room, `Unknown error ${errno}`) ? to : segfault(c)
}

/** The POSIX function: an errno, with the text cut to what fits. */
function posix(c: LibcCall, errno: number, to: number, room: number): number {
  const text = errorText(errno)
  const shown = text ?? `Unknown error ${errno}`
  if (!put(c, to, room, shown)) return segfault(c)
  if (text === undefined) return EINVAL
  return shown.length >= room ? ERANGE : 0
}

const NAMES = errorNames()

export const errorRows: readonly SymbolRow[] = [
  object('__libc_errors', errorTable().length, 16, errorTable()),
  object('__libc_unknown_error', UNKNOWN_SIZE, 16),
  leaf('strerror', 'ptr(int)', strerror),
  leaf('strerrordesc_np', 'ptr(int)', (c, errno: number) => (errorText(errno) === undefined ? 0 : strerror(c, errno))),
  leaf('strerrorname_np', 'ptr(int)', (c, errno: number) => (NAMES[errno] ? constant(c, NAMES[errno]) : 0)),
  leaf('strerror_l', 'ptr(int, ptr)', strerror),
  leaf('strerror_r', 'ptr(int, ptr, size)', (c, errno: number, to: number, room: number) =>
    c.abi.name === 'redox' ? posix(c, errno, to, room) : gnu(c, errno, to, room),
  ),
  leaf('__xpg_strerror_r', 'int(int, ptr, size)', posix),
]
