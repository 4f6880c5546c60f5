/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/ctype.h.html */
import type { LibcCall } from '../../registry/call.ts'
import { type HeaderTable, leaf, object, type SymbolRow } from '../../registry/define.ts'
import { storage } from '../storage.ts'
import { Class, caseTable, classesOf, classTable, TABLE_START, toLower, toUpper } from './classes.ts'

/** The address of a pointer to a table's entry 0. */
const location = (table: string, width: number, slot: number) => (c: LibcCall) => {
  const at = storage(c, '__libc_ctype') + slot * 8
  c.memory.setSize(at, storage(c, table) + TABLE_START * width)
  return at
}

const CLASSES = ['alnum', 'alpha', 'blank', 'cntrl', 'digit', 'graph', 'lower', 'print', 'punct', 'space', 'upper', 'xdigit'] as const

/** isalpha and isalpha_l …; only the C locale's classes exist for single bytes. */
const classRows = CLASSES.flatMap((name): SymbolRow[] => {
  const test = (_c: LibcCall, char: number): number => classesOf(char) & Class[name]
  return [leaf(`is${name}`, 'int(int)', test), leaf(`is${name}_l`, 'int(int, ptr)', test)]
})

export const ctype: HeaderTable = {
  name: 'ctype',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/ctype.h.html',
  rows: [
    ...classRows,
    leaf('isascii', 'int(int)', (_c, char: number) => (char >= 0 && char < 128 ? 1 : 0)),
    leaf('toascii', 'int(int)', (_c, char: number) => char & 0x7f),
    leaf('tolower', 'int(int)', (_c, char: number) => toLower(char)),
    leaf('tolower_l', 'int(int, ptr)', (_c, char: number) => toLower(char)),
    leaf('toupper', 'int(int)', (_c, char: number) => toUpper(char)),
    leaf('toupper_l', 'int(int, ptr)', (_c, char: number) => toUpper(char)),
    leaf('__ctype_b_loc', 'ptr()', location('__libc_ctype_b', 2, 0)),
    leaf('__ctype_tolower_loc', 'ptr()', location('__libc_ctype_tolower', 4, 1)),
    leaf('__ctype_toupper_loc', 'ptr()', location('__libc_ctype_toupper', 4, 2)),
    object('__libc_ctype', 24, 8),
    object('__libc_ctype_b', 768, 16, classTable()),
    object('__libc_ctype_tolower', 1536, 16, caseTable(toLower)),
    object('__libc_ctype_toupper', 1536, 16, caseTable(toUpper)),
  ],
}
