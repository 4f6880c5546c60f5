/** Columns of a character: https://pubs.opengroup.org/onlinepubs/9699919799/functions/wcwidth.html */
import type { LibcCall } from '../../registry/call.ts'
import { leaf, type SymbolRow } from '../../registry/define.ts'
import { isUtf8 } from '../locale/current.ts'
import { inClass } from '../wctype/index.ts'
import { wideAt } from './strings.ts'

/** Blocks whose characters take two columns (Unicode 15, East_Asian_Width W and F). */
const WIDE: readonly (readonly [from: number, to: number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
]
const COMBINING = /^(?:[\p{Mn}\p{Me}\u200b-\u200f\u2028-\u202e]|(?!\u00ad)\p{Cf})$/u

export function width(c: LibcCall, code: number): number {
  if (code === 0) return 0
  if (code < 0 || code > 0x10ffff || (code >= 128 && !isUtf8(c)) || !inClass('print', code)) return -1
  if (COMBINING.test(String.fromCodePoint(code))) return 0
  return WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1
}

function stringWidth(c: LibcCall, text: number, count: number): number {
  let sum = 0
  for (let i = 0; i < count; i++) {
    const code = wideAt(c, text + i * 4)
    if (code <= 0) break
    const columns = width(c, code)
    if (columns < 0) return -1
    sum += columns
  }
  return sum
}

const NOTE = 'blocks of wide characters, not each one'

export const widthRows: readonly SymbolRow[] = [
  leaf('wcwidth', 'int(int)', width, 'partial', NOTE),
  leaf('wcswidth', 'int(ptr, size)', stringWidth, 'partial', NOTE),
]
