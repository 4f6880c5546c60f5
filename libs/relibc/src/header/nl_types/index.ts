/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/nl_types.h.html: compiled catalogues of messages, as gencat(1) of glibc writes them. */
import { type Co, O } from '@bootgraph/kernel'
import { readable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, type HeaderTable, leaf } from '../../registry/define.ts'
import { CATEGORIES, categoryAt, KINDS } from '../locale/current.ts'
import { variable } from '../process/index.ts'
import { free, malloc } from '../stdlib/malloc.ts'

const ENOENT = 2
const EBADF = 9
const EINVAL = 22
const ENOMSG = 42
const NL_CAT_LOCALE = 1
const FAILED = -1
/** The file: mark, rows and columns of its table (u32 each); the table, each entry a set, a message and an offset; the same in the other order of bytes; texts. */
const Catalogue = { mark: 0, rows: 4, columns: 8, table: 12, entry: 12 } as const
const MARK = 0x9604_08de
const FILE_MAX = 1 << 26
const DEFAULT = [
  '/usr/share/locale/%L/%N',
  '/usr/share/locale/%L/LC_MESSAGES/%N',
  '/usr/share/locale/%l/%N',
  '/usr/share/locale/%l/LC_MESSAGES/%N',
]

/** Where a catalogue may be: its name if that is a path, else the patterns of NLSPATH and of the system. */
function places(c: LibcCall, name: string, flag: number): string[] {
  if (name.includes('/')) return [name]
  const messages = CATEGORIES.indexOf('LC_MESSAGES')
  const locale = flag === NL_CAT_LOCALE ? KINDS[c.memory.getU8(categoryAt(c, messages))] : (variable(c, 'LANG') ?? 'C')
  const [, language, territory = '', codeset = ''] = /^([^_.]*)(?:_([^.]*))?(?:\.(.*))?/s.exec(locale) ?? []
  const parts: Readonly<Record<string, string | undefined>> = { N: name, L: locale, l: language, t: territory, c: codeset, '%': '%' }
  const own = variable(c, 'NLSPATH')?.split(':') ?? []
  return [...own, ...DEFAULT].map((pattern) =>
    pattern === '' ? name : pattern.replace(/%(.)/g, (_, letter: string) => parts[letter] ?? ''),
  )
}

function* load(c: LibcCall, fd: number): Co<number> {
  const { cx, kernel, memory } = c
  const stat = kernel.fstat(cx, fd)
  if (typeof stat === 'number' || stat.size < Catalogue.table || stat.size > FILE_MAX) return c.fail(EINVAL)
  const at = malloc(c, stat.size)
  if (at === 0) return FAILED
  let got = 0
  for (let count = 1; got < stat.size && count > 0; got += Math.max(count, 0))
    count = yield* kernel.read(cx, fd, memory.bytes(at + got, stat.size - got))
  const table = 2 * Catalogue.entry * memory.getU32(at + Catalogue.rows) * memory.getU32(at + Catalogue.columns)
  if (got === stat.size && memory.getU32(at) === MARK && Catalogue.table + table <= stat.size) return at
  free(c, at)
  return c.fail(EINVAL)
}

function* open(c: LibcCall, name: number, flag: number): Co<number> {
  const { cx, kernel } = c
  for (const path of places(c, c.string(name), flag)) {
    const fd = yield* kernel.open(cx, path, O.RDONLY | O.CLOEXEC, 0)
    if (fd < 0) continue
    const at = yield* load(c, fd)
    yield* kernel.close(cx, fd)
    return at
  }
  return c.fail(ENOENT)
}

const isCatalogue = (c: LibcCall, at: number): boolean => readable(c, at, Catalogue.table) && c.memory.getU32(at) === MARK

/** The message of a number in a set; the caller's own text if there is none. */
function get(c: LibcCall, at: number, set: number, message: number, text: number): number {
  if (!isCatalogue(c, at)) {
    c.fail(EBADF)
    return text
  }
  const { memory } = c
  const [rows, columns] = [memory.getU32(at + Catalogue.rows), memory.getU32(at + Catalogue.columns)]
  // Sets are numbered from 1 in the file.
  const wanted = set + 1
  const row = (wanted * message) % rows
  const texts = at + Catalogue.table + 2 * Catalogue.entry * rows * columns
  for (let i = 0; i < columns && wanted > 0 && message >= 0; i++) {
    const entry = at + Catalogue.table + Catalogue.entry * (row + i * rows)
    if (memory.getU32(entry) === wanted && memory.getU32(entry + 4) === message) return texts + memory.getU32(entry + 8)
  }
  c.fail(ENOMSG)
  return text
}

export const nlTypes: HeaderTable = {
  name: 'nl_types',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/nl_types.h.html',
  rows: [
    blocking('catopen', 'long(ptr, int)', open),
    leaf('catgets', 'ptr(ptr, int, int, ptr)', get),
    leaf('catclose', 'int(ptr)', (c, at: number) => {
      if (!isCatalogue(c, at)) return c.fail(EBADF)
      c.memory.setU32(at, 0)
      free(c, at)
      return 0
    }),
  ],
}
