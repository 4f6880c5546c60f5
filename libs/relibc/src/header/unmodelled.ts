/** Functions that toolchains import and the model does not have yet: a call is a recorded model gap and answers ENOSYS. */
import { type HeaderTable, leaf } from '../registry/define.ts'

const NAMES: readonly string[] = []

export const unmodelled: HeaderTable = {
  name: 'not modelled',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/idx/functions.html',
  rows: NAMES.map((name) => leaf(name, 'long()', (c) => c.fail(38), 'missing', 'not written yet')),
}
