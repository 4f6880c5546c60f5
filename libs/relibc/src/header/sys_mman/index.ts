/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/sys_mman.h.html */
import { answer, EFAULT, path, readable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, type HeaderTable, leaf } from '../../registry/define.ts'

const MADV_DONTNEED = 4
const MREMAP_MAYMOVE = 1
const MREMAP_FIXED = 2

/** MAP_FAILED is -1, which is also what `fail` gives. */
function mmap(c: LibcCall, address: number, length: number, prot: number, flags: number, fd: number, offset: number): number {
  const { map } = c.abi
  const fixed = (flags & map.noreplace) !== 0 ? 'noreplace' : (flags & map.fixed) !== 0 ? 'replace' : undefined
  const file = (flags & map.anonymous) !== 0 ? -1 : fd
  return answer(c, c.kernel.mmap(c.cx, address, length, c.abi.perm(prot), (flags & map.shared) !== 0, fixed, file, offset))
}

export const sysMman: HeaderTable = {
  name: 'sys/mman',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/sys_mman.h.html',
  rows: [
    ...['mlock', 'munlock'].map((name) =>
      leaf(
        name,
        'int(ptr, size)',
        (c, at: number, size: number) => (readable(c, at, size) ? 0 : c.fail(12)),
        'partial',
        'no page ever leaves memory',
      ),
    ),
    ...['mlockall', 'munlockall'].map((name) => leaf(name, 'int(int)', () => 0, 'partial', 'no page ever leaves memory')),
    leaf('madvise', 'int(ptr, size, int)', (c, at: number, length: number, advice: number) =>
      answer(c, c.kernel.madvise(c.cx, at, length, advice === MADV_DONTNEED)),
    ),
    leaf('memfd_create', 'int(ptr, uint)', (c, name: number, flags: number) => {
      const text = path(c, name)
      return text === undefined ? c.fail(EFAULT) : answer(c, c.kernel.memfd(c.cx, text, (flags & 1) !== 0 ? 0x100_0000 : 0))
    }),
    leaf('mmap', 'long(ptr, size, int, int, int, long)', mmap),
    alias('mmap64', 'mmap'),
    leaf('mprotect', 'int(ptr, size, int)', (c, at: number, length: number, prot: number) =>
      answer(c, c.kernel.mprotect(c.cx, at, length, c.abi.perm(prot))),
    ),
    leaf('mremap', 'long(ptr, size, size, int, ptr)', (c, at: number, old: number, length: number, flags: number, fixed: number) =>
      answer(c, c.kernel.mremap(c.cx, at, old, length, (flags & MREMAP_MAYMOVE) !== 0, ...(flags & MREMAP_FIXED ? [fixed] : []))),
    ),
    leaf('msync', 'int(ptr, size, int)', (c, at: number, length: number) => answer(c, c.kernel.msync(c.cx, at, length))),
    leaf('munmap', 'int(ptr, size)', (c, at: number, length: number) => answer(c, c.kernel.munmap(c.cx, at, length))),
  ],
}
