/** Small questions about texts that GNU programs ask (rpmatch(3)). */
import { readable } from '../../platform/user-memory.ts'
import { leaf, type SymbolRow } from '../../registry/define.ts'

const YES = /^[yY]/
const NO = /^[nN]/

export const answerRows: readonly SymbolRow[] = [
  leaf('rpmatch', 'int(ptr)', (c, text: number) => {
    const answer = readable(c, text, 1) ? c.string(text) : ''
    return YES.test(answer) ? 1 : NO.test(answer) ? 0 : -1
  }),
]
