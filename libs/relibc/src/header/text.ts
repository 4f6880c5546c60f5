/** The headers of text, numbers and streams, in the order in which the registry takes them. */
import type { HeaderTable } from '../registry/define.ts'
import { fenv } from './fenv/index.ts'
import { locale } from './locale/index.ts'
import { math } from './math/index.ts'
import { stdio } from './stdio/index.ts'
import { floatText } from './stdlib/strtod.ts'
import { timeHeader } from './time/index.ts'
import { unwritten } from './unwritten.ts'
import { wchar } from './wchar/index.ts'
import { wctype } from './wctype/index.ts'

export const textHeaders: readonly HeaderTable[] = [stdio, floatText, math, fenv, locale, wctype, wchar, timeHeader, unwritten]
