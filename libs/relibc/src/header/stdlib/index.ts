/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/stdlib.h.html */
import type { HeaderTable } from '../../registry/define.ts'
import { answerRows } from './answers.ts'
import { base64Rows } from './base64.ts'
import { cvtRows } from './cvt.ts'
import { envRows } from './env.ts'
import { givenRows } from './given.ts'
import { integerRows } from './integer.ts'
import { mallocRows } from './malloc.ts'
import { randRows } from './rand.ts'
import { rand48Rows } from './rand48.ts'
import { realpathRows } from './realpath.ts'
import { sortRows } from './sort.ts'
import { temporaryRows } from './temporary.ts'
import { terminalMasterRows } from './terminal.ts'

export const stdlib: HeaderTable = {
  name: 'stdlib',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/stdlib.h.html',
  rows: [
    ...mallocRows,
    ...givenRows,
    ...envRows,
    ...integerRows,
    ...randRows,
    ...sortRows,
    ...temporaryRows,
    ...base64Rows,
    ...rand48Rows,
    ...realpathRows,
    ...answerRows,
    ...cvtRows,
    ...terminalMasterRows,
  ],
}
