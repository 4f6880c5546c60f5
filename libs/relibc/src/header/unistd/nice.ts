/** https://pubs.opengroup.org/onlinepubs/9699919799/functions/getpriority.html and nice: kept and handed on, but who runs is not decided by it. */
import { answer } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { leaf, type SymbolRow } from '../../registry/define.ts'

const EPERM = 1
const EACCES = 13
const PRIO_PROCESS = 0

function getpriority(c: LibcCall, kind: number, id: number): number {
  const found = c.kernel.nice(c.cx, kind, id)
  return 'error' in found ? c.fail(-found.error) : found.nice
}

function nice(c: LibcCall, step: number): number {
  const set = c.kernel.setNice(c.cx, PRIO_PROCESS, 0, getpriority(c, PRIO_PROCESS, 0) + step)
  return set === -EACCES ? c.fail(EPERM) : getpriority(c, PRIO_PROCESS, 0)
}

export const niceRows: readonly SymbolRow[] = [
  leaf('getpriority', 'int(int, uint)', getpriority),
  leaf('setpriority', 'int(int, uint, int)', (c, kind: number, id: number, value: number) =>
    answer(c, c.kernel.setNice(c.cx, kind, id, value)),
  ),
  leaf('nice', 'int(int)', nice),
]
