/** <ttyent.h>: /etc/ttys, which neither Linux nor Redox has (getttyent(3)). */
import { type HeaderTable, leaf } from '../../registry/define.ts'

export const ttyent: HeaderTable = {
  name: 'ttyent',
  spec: 'https://man7.org/linux/man-pages/man3/getttyent.3.html',
  rows: [
    leaf('setttyent', 'int()', () => 0),
    leaf('endttyent', 'int()', () => 1),
    leaf('getttyent', 'ptr()', () => 0, 'partial', 'there is no /etc/ttys'),
    leaf('getttynam', 'ptr(ptr)', () => 0, 'partial', 'there is no /etc/ttys'),
  ],
}
