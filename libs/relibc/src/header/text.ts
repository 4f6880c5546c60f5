/** The headers of text, numbers and streams, in the order in which the registry takes them. */
import type { HeaderTable } from '../registry/define.ts'
import { stdio } from './stdio/index.ts'
import { floatText } from './stdlib/strtod.ts'

export const textHeaders: readonly HeaderTable[] = [stdio, floatText]
