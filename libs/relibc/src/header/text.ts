/** The headers of text, numbers and streams, in the order in which the registry takes them. */
import type { HeaderTable } from '../registry/define.ts'
import { argzHeader } from './argz/index.ts'
import { complexHeader } from './complex/index.ts'
import { coreHeaders } from './core.ts'
import { fenv } from './fenv/index.ts'
import { fnmatchHeader } from './fnmatch/index.ts'
import { fortify } from './fortify.ts'
import { globHeader } from './glob/index.ts'
import { iconvHeader } from './iconv/index.ts'
import { libintl } from './libintl/index.ts'
import { locale } from './locale/index.ts'
import { math } from './math/index.ts'
import { mntent } from './mntent/index.ts'
import { monetary } from './monetary/index.ts'
import { nlTypes } from './nl_types/index.ts'
import { obstack } from './obstack/index.ts'
import { platformHeaders } from './platform.ts'
import { regexHeader } from './regex/index.ts'
import { searchHeader } from './search/index.ts'
import { stdio } from './stdio/index.ts'
import { floatText } from './stdlib/strtod.ts'
import { timeHeader } from './time/index.ts'
import { wchar } from './wchar/index.ts'
import { wctype } from './wctype/index.ts'
import { wordexpHeader } from './wordexp/index.ts'

const plain: readonly HeaderTable[] = [
  stdio,
  floatText,
  math,
  complexHeader,
  fenv,
  locale,
  wctype,
  wchar,
  timeHeader,
  searchHeader,
  regexHeader,
  obstack,
  fnmatchHeader,
  globHeader,
  iconvHeader,
  libintl,
  nlTypes,
  mntent,
  argzHeader,
  monetary,
  wordexpHeader,
]

export const textHeaders: readonly HeaderTable[] = [...plain, fortify([...coreHeaders, ...platformHeaders, ...plain])]
