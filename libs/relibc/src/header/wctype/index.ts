/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/wctype.h.html — classes by Unicode's general categories, as in C.UTF-8. */
import { readable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, type HeaderTable, leaf, type SymbolRow } from '../../registry/define.ts'
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
const known = (c: LibcCall, code: number): boolean => (code >= 0 && code < 128) || isUtf8(c)

const TRANSFORMS = ['toupper', 'tolower']

const classRows = NAMES.flatMap((name): SymbolRow[] => {
  const is = leaf(
    `isw${name}`,
    'int(int)',
    (c, code: number) => (known(c, code) && inClass(name, code) ? 1 : 0),
    'partial',
    "by the host's Unicode tables",
  )
  return [is, alias(`isw${name}_l`, `isw${name}`), alias(`__isw${name}_l`, `isw${name}`)]
})

export const wctype: HeaderTable = {
  name: 'wctype',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/wctype.h.html',
  rows: [
    ...classRows,
    leaf('towlower', 'int(int)', (c, code: number) => (known(c, code) ? mapCase(code, false) : code)),
    alias('towlower_l', 'towlower'),
    alias('__towlower_l', 'towlower'),
    leaf('towupper', 'int(int)', (c, code: number) => (known(c, code) ? mapCase(code, true) : code)),
    alias('towupper_l', 'towupper'),
    alias('__towupper_l', 'towupper'),
    leaf('wctrans', 'ptr(ptr)', (c, name: number) => (readable(c, name, 1) ? TRANSFORMS.indexOf(c.string(name)) + 1 : 0)),
    leaf('towctrans', 'int(int, ptr)', (c, code: number, kind: number) =>
      known(c, code) && (kind === 1 || kind === 2) ? mapCase(code, kind === 1) : code,
    ),
    leaf('wctype', 'ptr(ptr)', (c, name: number) => (readable(c, name, 1) ? NAMES.indexOf(c.string(name)) + 1 : 0)),
    alias('__wctype_l', 'wctype'),
    alias('wctype_l', 'wctype'),
    leaf('iswctype', 'int(int, ptr)', (c, code: number, kind: number) =>
      known(c, code) && kind >= 1 && kind <= NAMES.length && inClass(NAMES[kind - 1], code) ? 1 : 0,
    ),
    alias('iswctype_l', 'iswctype'),
    alias('__iswctype_l', 'iswctype'),
  ],
}
