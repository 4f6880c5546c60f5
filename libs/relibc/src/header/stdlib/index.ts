/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/stdlib.h.html */
import type { HeaderTable } from '../../registry/define.ts'
import { mallocRows } from './malloc.ts'

export const stdlib: HeaderTable = {
  name: 'stdlib',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/stdlib.h.html',
  rows: [...mallocRows],
}
