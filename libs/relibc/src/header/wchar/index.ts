/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/wchar.h.html — wchar_t is 32 bits. */
import type { HeaderTable } from '../../registry/define.ts'
import { convertRows } from './convert.ts'
import { wideNumberRows } from './numbers.ts'
import { wideStreamRows } from './streams.ts'
import { wideStringRows } from './strings.ts'
import { wideTimeRows } from './time.ts'
import { widthRows } from './width.ts'

export const wchar: HeaderTable = {
  name: 'wchar',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/wchar.h.html',
  rows: [...convertRows, ...wideStringRows, ...wideNumberRows, ...wideStreamRows, ...widthRows, ...wideTimeRows],
}
