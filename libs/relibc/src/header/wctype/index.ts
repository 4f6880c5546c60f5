/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/wctype.h.html — classes by Unicode's general categories, as in C.UTF-8. */
import { readable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, type HeaderTable, leaf, type Status, type SymbolRow } from '../../registry/define.ts'
import { isUtf8 } from '../locale/current.ts'

const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /^[\p{Alphabetic}\p{Nd}]$/u,
  alpha: /^(?:\p{Alphabetic}|(?![0-9])\p{Nd})$/u,
  blank: /^(?:\t|(?![\u00a0\u2007\u202f])\p{Zs})$/u,
  cntrl: /^[\p{Cc}\u2028\u2029]$/u,
  digit: /^[0-9]$/,
  graph: /^(?![\p{Z}\p{Cc}\p{Cn}\p{Cs}]).$/u,
  lower: /^\p{Lowercase}$/u,
  print: /^(?![\p{Cc}\p{Cn}\p{Cs}\u2028\u2029]).$/u,
  punct: /^(?![\p{Z}\p{Cc}\p{Cn}\p{Cs}\p{Alphabetic}\p{Nd}]).$/u,
  space: /^(?:[\t-\r\u2028\u2029]|(?![\u00a0\u2007\u202f])\p{Zs})$/u,
  upper: /^\p{Uppercase}$/u,
  xdigit: /^[\da-fA-F]$/,
}
const NAMES = Object.keys(CLASSES)

export const inClass = (name: string, code: number): boolean =>
  code >= 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) && CLASSES[name].test(String.fromCodePoint(code))

/** A one-to-one case mapping; a character whose mapping is longer stays as it is. */
export function mapCase(code: number, upper: boolean): number {
  if (code < 0 || code > 0x10ffff) return code
  const text = String.fromCodePoint(code)
  const mapped = upper ? text.toUpperCase() : text.toLowerCase()
  const first = mapped.codePointAt(0)!
  return String.fromCodePoint(first).length === mapped.length ? first : code
}

/** In the C locale only ASCII has classes and cases. */
const known = (c: LibcCall, code: number, locale?: number): boolean => (code >= 0 && code < 128) || isUtf8(c, locale)

const TRANSFORMS = ['toupper', 'tolower']

const classified = (c: LibcCall, code: number, kind: number, locale?: number): number =>
  kind >= 1 && kind <= NAMES.length && known(c, code, locale) && inClass(NAMES[kind - 1], code) ? 1 : 0
const transformed = (c: LibcCall, code: number, kind: number, locale?: number): number =>
  (kind === 1 || kind === 2) && known(c, code, locale) ? mapCase(code, kind === 1) : code

/** A function of the current locale, and one of the locale given last. `more`: classes of further parameters. */
const located = (
  name: string,
  more: string,
  fn: (c: LibcCall, code: number, ...rest: number[]) => number,
  status?: Status,
  note?: string,
): SymbolRow[] => [
  leaf(name, `int(int${more})`, fn, status, note),
  leaf(`${name}_l`, `int(int${more}, ptr)`, fn, status, note),
  alias(`__${name}_l`, `${name}_l`),
]

export const wctype: HeaderTable = {
  name: 'wctype',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/wctype.h.html',
  rows: [
    ...NAMES.flatMap((name, i) =>
      located(`isw${name}`, '', (c, code, locale) => classified(c, code, i + 1, locale), 'partial', "by the host's Unicode tables"),
    ),
    ...['towupper', 'towlower'].flatMap((name, i) => located(name, '', (c, code, locale) => transformed(c, code, i + 1, locale))),
    leaf('wctrans', 'ptr(ptr)', (c, name: number) => (readable(c, name, 1) ? TRANSFORMS.indexOf(c.string(name)) + 1 : 0)),
    alias('wctrans_l', 'wctrans'),
    ...located('towctrans', ', ptr', transformed),
    leaf('wctype', 'ptr(ptr)', (c, name: number) => (readable(c, name, 1) ? NAMES.indexOf(c.string(name)) + 1 : 0)),
    alias('__wctype_l', 'wctype'),
    alias('wctype_l', 'wctype'),
    ...located('iswctype', ', ptr', classified),
  ],
}
