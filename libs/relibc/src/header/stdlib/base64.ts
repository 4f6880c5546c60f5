/** https://pubs.opengroup.org/onlinepubs/9699919799/functions/a64l.html: 32-bit numbers as up to six digits of base 64, lowest first. */
import type { LibcCall } from '../../registry/call.ts'
import { leaf, object, type SymbolRow } from '../../registry/define.ts'
import { storage } from '../storage.ts'
import { byteAt } from '../string/bytes.ts'

const DIGITS = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function a64l(c: LibcCall, text: number): number {
  let value = 0
  for (let i = 0; i < 6; i++) {
    const digit = DIGITS.indexOf(String.fromCharCode(Math.max(byteAt(c, text + i), 0)))
    if (digit < 0) break
    value |= digit << (6 * i)
  }
  return value
}

function l64a(c: LibcCall, value: number): number {
  const at = storage(c, '__libc_l64a')
  let rest = value >>> 0
  let length = 0
  for (; rest !== 0; rest = Math.floor(rest / 64)) c.memory.setU8(at + length++, DIGITS.charCodeAt(rest % 64))
  c.memory.setU8(at + length, 0)
  return at
}

export const base64Rows: readonly SymbolRow[] = [
  object('__libc_l64a', 8, 8),
  leaf('a64l', 'long(ptr)', a64l),
  leaf('l64a', 'ptr(long)', (c, value: number) => l64a(c, value % 2 ** 32)),
]
