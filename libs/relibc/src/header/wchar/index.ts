/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/wchar.h.html — wchar_t is 32 bits. */

import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { type HeaderTable, leaf } from '../../registry/define.ts'
import { segfault } from '../fault.ts'
import { convertRows } from './convert.ts'

/** The wide character at an address, or -1 where the guest may not read. */
const at = (c: LibcCall, address: number): number => (readable(c, address, 4) ? c.memory.getU32(address) : -1)

function wcslen(c: LibcCall, text: number): number {
  for (let length = 0; ; length++) {
    const code = at(c, text + length * 4)
    if (code < 0) return segfault(c)
    if (code === 0) return length
  }
}

function compare(c: LibcCall, a: number, b: number, count: number, terminated: boolean): number {
  for (let i = 0; i < count; i++) {
    const [x, y] = [at(c, a + i * 4), at(c, b + i * 4)]
    if (x < 0 || y < 0) return segfault(c)
    if (x !== y) return (x | 0) < (y | 0) ? -1 : 1
    if (terminated && x === 0) return 0
  }
  return 0
}

function move(c: LibcCall, to: number, from: number, count: number): number {
  if (!readable(c, from, count * 4) || !writable(c, to, count * 4)) return segfault(c)
  c.memory.u8.copyWithin(to, from, from + count * 4)
  return to
}

function wmemset(c: LibcCall, to: number, code: number, count: number): number {
  if (!writable(c, to, count * 4)) return segfault(c)
  for (let i = 0; i < count; i++) c.memory.setU32(to + i * 4, code)
  return to
}

function find(c: LibcCall, text: number, code: number, count: number, terminated: boolean): number {
  for (let i = 0; i < count; i++) {
    const found = at(c, text + i * 4)
    if (found < 0) return segfault(c)
    if (found === code) return text + i * 4
    if (terminated && found === 0) return 0
  }
  return 0
}

const ALL = 0x4000_0000

export const wchar: HeaderTable = {
  name: 'wchar',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/wchar.h.html',
  rows: [
    ...convertRows,
    leaf('wcslen', 'size(ptr)', wcslen),
    leaf('wcscmp', 'int(ptr, ptr)', (c, a: number, b: number) => compare(c, a, b, ALL, true)),
    leaf('__wcscoll_l', 'int(ptr, ptr, ptr)', (c, a: number, b: number) => compare(c, a, b, ALL, true)),
    leaf('wcsncmp', 'int(ptr, ptr, size)', (c, a: number, b: number, count: number) => compare(c, a, b, count, true)),
    leaf('wcschr', 'ptr(ptr, uint)', (c, text: number, code: number) => find(c, text, code, ALL, true)),
    leaf('wmemchr', 'ptr(ptr, uint, size)', (c, text: number, code: number, count: number) => find(c, text, code, count, false)),
    leaf('wmemcmp', 'int(ptr, ptr, size)', (c, a: number, b: number, count: number) => compare(c, a, b, count, false)),
    leaf('wmemcpy', 'ptr(ptr, ptr, size)', move),
    leaf('wmemmove', 'ptr(ptr, ptr, size)', move),
    leaf('wmemset', 'ptr(ptr, uint, size)', wmemset),
  ],
}
