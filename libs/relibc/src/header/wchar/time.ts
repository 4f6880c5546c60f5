/** https://pubs.opengroup.org/onlinepubs/9699919799/functions/wcsftime.html */
import type { Co } from '@bootgraph/kernel'
import { EFAULT, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, type SymbolRow } from '../../registry/define.ts'
import { formatTime, TM_SIZE } from '../time/index.ts'
import { wideAt, wideLength } from './strings.ts'

function* wcsftime(c: LibcCall, out: number, size: number, pattern: number, at: number): Co<number> {
  const length = wideLength(c, pattern)
  if (length < 0 || !readable(c, at, TM_SIZE) || !writable(c, out, size * 4)) return c.fail(EFAULT) + 1
  const text = Array.from({ length }, (_, i) => String.fromCodePoint(wideAt(c, pattern + i * 4))).join('')
  const codes = Array.from(yield* formatTime(c, text, at), (each) => each.codePointAt(0)!)
  if (codes.length >= size) return 0
  codes.push(0)
  codes.forEach((code, i) => {
    c.memory.setU32(out + i * 4, code)
  })
  return codes.length - 1
}

export const wideTimeRows: readonly SymbolRow[] = [
  blocking('wcsftime', 'size(ptr, size, ptr, ptr)', wcsftime),
  ...['wcsftime_l', '__wcsftime_l'].map((name) => alias(name, 'wcsftime')),
]
