/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/unistd.h.html */
import type { HeaderTable } from '../../registry/define.ts'
import { idRows } from './ids.ts'
import { ioRows } from './io.ts'
import { limitRows } from './limits.ts'
import { niceRows } from './nice.ts'
import { pathRows } from './paths.ts'
import { terminalRows } from './terminal.ts'

export const unistd: HeaderTable = {
  name: 'unistd',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/unistd.h.html',
  rows: [...ioRows, ...pathRows, ...idRows, ...limitRows, ...niceRows, ...terminalRows],
}
