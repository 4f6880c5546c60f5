/** What Linux moves between pipes and memory without a copy (tee(2), vmsplice(2)), and reads ahead (readahead(2)). */
import { answer } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { leaf, type SymbolRow } from '../../registry/define.ts'

const EBADF = 9
const EINVAL = 22
const ENOSYS = 38
const Kind = { mask: 0xf000, pipe: 0x1000, file: 0x8000 } as const

const kindOf = (c: LibcCall, fd: number): number => {
  const stat = c.kernel.fstat(c.cx, fd)
  return typeof stat === 'number' ? stat : stat.mode & Kind.mask
}

function tee(c: LibcCall, from: number, to: number): number {
  const kinds = [from, to].map((fd) => kindOf(c, fd))
  if (kinds.some((kind) => kind < 0)) return c.fail(EBADF)
  if (kinds.some((kind) => kind !== Kind.pipe)) return c.fail(EINVAL)
  c.gap('tee', 'the content of a pipe is read once')
  return c.fail(ENOSYS)
}

export const pipeRows: readonly SymbolRow[] = [
  leaf('readahead', 'long(int, long, size)', (c, fd: number) => {
    const kind = kindOf(c, fd)
    return answer(c, kind < 0 ? -EBADF : kind === Kind.file ? 0 : -EINVAL)
  }),
  leaf('tee', 'long(int, int, size, uint)', tee, 'partial', 'the content of a pipe is read once'),
]
