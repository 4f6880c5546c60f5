/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/fenv.h.html */
import { type HeaderTable, leaf } from '../../registry/define.ts'

/** The hosted functions round to nearest and raise no flags, which the guest's own MXCSR does not tell them of. */
const NOTE = 'the environment of hosted functions is fixed: round to nearest, no flags'

export const fenv: HeaderTable = {
  name: 'fenv',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/fenv.h.html',
  rows: [
    leaf('feclearexcept', 'int(int)', () => 0, 'partial', NOTE),
    leaf('fegetround', 'int()', () => 0, 'partial', NOTE),
    leaf('fesetround', 'int(int)', (_, mode: number) => (mode === 0 ? 0 : 1), 'partial', NOTE),
    leaf('fetestexcept', 'int(int)', () => 0, 'partial', NOTE),
  ],
}
