/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/string.h.html, and <strings.h>. */
import { type HeaderTable, object } from '../../registry/define.ts'
import { bitRows } from './bits.ts'
import { compareRows } from './compare.ts'
import { copyRows } from './copy.ts'
import { errorRows } from './error.ts'
import { memoryRows } from './memory.ts'
import { signalNameRows } from './signal-names.ts'
import { versionRows } from './version.ts'

export const stringHeader: HeaderTable = {
  name: 'string',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/string.h.html',
  rows: [
    ...memoryRows,
    ...copyRows,
    ...compareRows,
    ...errorRows,
    ...signalNameRows,
    ...versionRows,
    ...bitRows,
    object('__libc_strtok', 8, 8),
  ],
}
