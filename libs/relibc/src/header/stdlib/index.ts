/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/stdlib.h.html */
import type { HeaderTable } from '../../registry/define.ts'
import { envRows } from './env.ts'
import { integerRows } from './integer.ts'
import { mallocRows } from './malloc.ts'
import { randRows } from './rand.ts'
import { realpathRows } from './realpath.ts'
import { sortRows } from './sort.ts'
import { unwrittenRows } from './unwritten.ts'

export const stdlib: HeaderTable = {
  name: 'stdlib',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/stdlib.h.html',
  rows: [...mallocRows, ...envRows, ...integerRows, ...randRows, ...sortRows, ...unwrittenRows, ...realpathRows],
}
