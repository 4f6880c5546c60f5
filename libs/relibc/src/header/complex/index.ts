/**
 * https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/complex.h.html
 *
 * A double complex comes in two registers and goes back so, a float complex in one (psABI 3.2.3).
 */
import type { LibcCall } from '../../registry/call.ts'
import { alias, type HeaderTable, type LeafFn, leaf, type SymbolRow } from '../../registry/define.ts'
import { hypot } from '../math/elementary.ts'
import { checked } from '../math/errors.ts'
import type { Complex } from './functions.ts'
import * as of from './functions.ts'
import * as inverse from './inverse.ts'

const NOTE = 'floats are computed as doubles and rounded'

/** The result classes c64 and c32 take two numbers, which the row type does not name. */
const row = (name: string, signature: string, fn: (c: LibcCall, ...args: never[]) => Complex | number): SymbolRow =>
  leaf(name, signature, fn as unknown as LeafFn, 'full', name.endsWith('f') ? NOTE : undefined)

/** A row for double complex and one for float complex. */
const complex = (name: string, fn: (z: Complex) => Complex): readonly SymbolRow[] => [
  row(name, 'c64(f64, f64)', (_: LibcCall, x: number, y: number) => fn([x, y])),
  row(`${name}f`, 'c32(c32)', (_: LibcCall, z: Complex) => fn(z)),
]
const INVERSE = 'equals glibc in 13 digits, of float in 4'
/** The same of an inverse function, by another way than glibc's. */
const inverseOf = (name: string, fn: (z: Complex) => Complex): readonly SymbolRow[] =>
  complex(name, fn).map((each) => ({ ...each, status: 'partial', note: INVERSE }) as SymbolRow)
const real = (name: string, fn: (c: LibcCall, z: Complex) => number): readonly SymbolRow[] => [
  row(name, 'f64(f64, f64)', (c: LibcCall, x: number, y: number) => fn(c, [x, y])),
  row(`${name}f`, 'f32(c32)', (c: LibcCall, z: Complex) => fn(c, z)),
]

export const complexHeader: HeaderTable = {
  name: 'complex',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/complex.h.html',
  rows: [
    ...real('cabs', (c, z) => checked(c, hypot(...z), z)),
    ...real('carg', (_, z) => of.carg(z)),
    ...real('creal', (_, [x]) => x),
    ...real('cimag', (_, [, y]) => y),
    alias('cabsl', 'hypotl'),
    ...inverseOf('cacos', inverse.cacos),
    ...inverseOf('cacosh', inverse.cacosh),
    ...inverseOf('casin', inverse.casin),
    ...inverseOf('casinh', inverse.casinh),
    ...inverseOf('catan', inverse.catan),
    ...inverseOf('catanh', inverse.catanh),
    ...complex('ccos', of.ccos),
    ...complex('ccosh', of.ccosh),
    ...complex('cexp', of.cexp),
    ...complex('clog', of.clog),
    ...complex('conj', of.conj),
    ...complex('cproj', of.cproj),
    ...complex('csin', of.csin),
    ...complex('csinh', of.csinh),
    ...complex('csqrt', of.csqrt),
    ...complex('ctan', of.ctan),
    ...complex('ctanh', of.ctanh),
    row('cpow', 'c64(f64, f64, f64, f64)', (_: LibcCall, x: number, y: number, u: number, v: number) => of.cpow([x, y], [u, v])),
    row('cpowf', 'c32(c32, c32)', (_: LibcCall, z: Complex, w: Complex) => of.cpow(z, w)),
  ],
}
