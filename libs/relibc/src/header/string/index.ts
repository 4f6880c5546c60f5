/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/string.h.html, and <strings.h>. */
import { type HeaderTable, object } from '../../registry/define.ts'
import { compareRows } from './compare.ts'
import { copyRows } from './copy.ts'
import { errorRows } from './error.ts'
import { memoryRows } from './memory.ts'

export const stringHeader: HeaderTable = {
  name: 'string',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/string.h.html',
  rows: [...memoryRows, ...copyRows, ...compareRows, ...errorRows, object('__libc_strtok', 8, 8)],
}
