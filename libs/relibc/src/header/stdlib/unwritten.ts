/** Functions of these headers that toolchains import and that are not written yet: a call is a recorded model gap. */
import { leaf, object, type SymbolRow } from '../../registry/define.ts'

export const unwrittenRows: readonly SymbolRow[] = [
  ...['getopt', 'mkostemp', 'mkstemp'].map((name) => leaf(name, 'long()', (c) => c.fail(38), 'missing', 'not written yet')),
  object('optind', 4, 4, Uint8Array.of(1, 0, 0, 0)),
]
