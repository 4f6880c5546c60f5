/** The computing headers, in the order in which the registry takes them. */
import type { HeaderTable } from '../registry/define.ts'
import { argpHeader } from './argp/index.ts'
import { ctype } from './ctype/index.ts'
import { cxa } from './cxa/index.ts'
import { err } from './err/index.ts'
import { getoptHeader } from './getopt/index.ts'
import { libgen } from './libgen/index.ts'
import { stdlib } from './stdlib/index.ts'
import { stringHeader } from './string/index.ts'

export const coreHeaders: readonly HeaderTable[] = [stringHeader, stdlib, ctype, cxa, getoptHeader, argpHeader, err, libgen]
