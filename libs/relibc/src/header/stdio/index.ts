/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/stdio.h.html */
import { type HeaderTable, object } from '../../registry/define.ts'
import { allocateRows } from './allocate.ts'
import { memoryStreamRows } from './memory-streams.ts'
import { parseFormatRows } from './parse-format.ts'
import { printRows } from './print.ts'
import { scanfRows } from './scanf.ts'
import { streamRows } from './streams.ts'
import { transferRows } from './transfer.ts'

export const stdio: HeaderTable = {
  name: 'stdio',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/stdio.h.html',
  rows: [
    object('stdin', 8, 8),
    object('stdout', 8, 8),
    object('stderr', 8, 8),
    ...streamRows,
    ...transferRows,
    ...printRows,
    ...parseFormatRows,
    ...allocateRows,
    ...scanfRows,
    ...memoryStreamRows,
  ],
}
