/** <libintl.h> in the C locales, which have no catalogues: every text is its own translation (GNU gettext manual, 11.2). */
import type { LibcCall } from '../../registry/call.ts'
import { alias, type HeaderTable, leaf } from '../../registry/define.ts'
import { constant } from '../constant.ts'

const plural = (one: number, many: number, count: number): number => (count === 1 ? one : many)
/** A null domain asks for the one in force, which is "messages" unless set. */
const domain = (c: LibcCall, name: number): number => (name === 0 ? constant(c, 'messages') : name)

export const libintl: HeaderTable = {
  name: 'libintl',
  spec: 'https://www.gnu.org/software/gettext/manual/html_node/Interface-to-gettext.html',
  rows: [
    leaf('gettext', 'ptr(ptr)', (_, text: number) => text),
    leaf('dgettext', 'ptr(ptr, ptr)', (_, __: number, text: number) => text),
    leaf('dcgettext', 'ptr(ptr, ptr, int)', (_, __: number, text: number) => text),
    alias('__dcgettext', 'dcgettext'),
    leaf('ngettext', 'ptr(ptr, ptr, size)', (_, one: number, many: number, count: number) => plural(one, many, count)),
    leaf('dngettext', 'ptr(ptr, ptr, ptr, size)', (_, __: number, one: number, many: number, count: number) => plural(one, many, count)),
    leaf('dcngettext', 'ptr(ptr, ptr, ptr, size, int)', (_, __: number, one: number, many: number, count: number) =>
      plural(one, many, count),
    ),
    leaf('textdomain', 'ptr(ptr)', domain),
    leaf('bindtextdomain', 'ptr(ptr, ptr)', (c, _: number, folder: number) => (folder === 0 ? constant(c, '/usr/share/locale') : folder)),
    leaf('bind_textdomain_codeset', 'ptr(ptr, ptr)', (_, __: number, codeset: number) => codeset),
  ],
}
