/** Functions of text and streams that toolchains import and that are not written yet: a call is a recorded model gap and answers ENOSYS. */
import { type HeaderTable, leaf } from '../registry/define.ts'

const NAMES =
  'untsearch tfind tdelete twalk regcomp regexec regfree iconv iconv_open iconv_close bindtextdomain bind_textdomain_codeset dgettext gettext'.split(
    ' ',
  )

export const unwritten: HeaderTable = {
  name: 'not written',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/idx/functions.html',
  rows: NAMES.map((name) =>
    leaf(
      name,
      'long()',
      (c) => c.fail(38),
      'missing',
      'scanning, wide streams, search trees, regular expressions and catalogues: not written yet',
    ),
  ),
}
