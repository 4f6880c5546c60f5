/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/sys_mman.h.html */
import { Perm } from '@bootgraph/cpu'
import type { Co } from '@bootgraph/kernel'
import { answer, EFAULT, path, readable, target } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, type HeaderTable, leaf, object } from '../../registry/define.ts'
import { objectFile } from './shared.ts'

const MADV_DONTNEED = 4
/** Advice that Linux knows: MADV_NORMAL … MADV_DONTNEED, and from MADV_FREE on to MADV_COLLAPSE. */
const isAdvice = (advice: number): boolean => (advice >= 0 && advice <= MADV_DONTNEED) || (advice >= 8 && advice <= 25)
const MS = { async: 1, invalidate: 2, sync: 4 } as const
/** MAP_SHARED, MAP_PRIVATE, or both: MAP_SHARED_VALIDATE. */
const MAP_TYPE = 3
const MREMAP_MAYMOVE = 1
const MREMAP_FIXED = 2
const EBADF = 9
const ENOMEM = 12
const EINVAL = 22

/** MAP_FAILED is -1, which is also what `fail` gives. */
function mmap(c: LibcCall, address: number, length: number, prot: number, flags: number, fd: number, offset: number): number {
  const { map } = c.abi
  const fixed = (flags & map.noreplace) !== 0 ? 'noreplace' : (flags & map.fixed) !== 0 ? 'replace' : undefined
  const anonymous = (flags & map.anonymous) !== 0
  if (!anonymous && fd < 0) return c.fail(EBADF)
  if (c.abi.name === 'linux-gnu' && (flags & MAP_TYPE) === 0) return c.fail(EINVAL)
  const file = anonymous ? -1 : fd
  return answer(c, c.kernel.mmap(c.cx, address, length, c.abi.perm(prot), (flags & map.shared) !== 0, fixed, file, offset))
}

const AT_FDCWD = -100

function* shmOpen(c: LibcCall, name: number, flags: number, mode: number): Co<number> {
  const file = objectFile(c, name)
  if (file === undefined) return c.fail(EINVAL)
  return answer(c, yield* c.kernel.open(c.cx, file, c.abi.openFlags(flags | c.abi.O.cloexec), mode))
}

/** The heap of brk begins here: far from what the linker and mmap use. __libc_break holds its end. */
const BREAK_BASE = 0x9000_0000
const BREAK_MAX = 0xa000_0000
const PAGE = 4096
const pageUp = (at: number): number => Math.ceil(at / PAGE) * PAGE

function currentBreak(c: LibcCall): number {
  return c.memory.getSize(c.object('__libc_break')) || BREAK_BASE
}

function moveBreak(c: LibcCall, to: number): boolean {
  const from = currentBreak(c)
  if (to < BREAK_BASE || to > BREAK_MAX) return false
  const [mapped, wanted] = [pageUp(from), pageUp(to)]
  if (wanted > mapped && c.kernel.mmap(c.cx, mapped, wanted - mapped, 3, false, 'noreplace', -1, 0) < 0) return false
  if (wanted < mapped) c.kernel.munmap(c.cx, wanted, mapped - wanted)
  c.memory.setSize(c.object('__libc_break'), to)
  return true
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
    blocking('shm_open', 'int(ptr, int, uint)', shmOpen, 'partial', 'shared memory objects are files below /tmp'),
    leaf('shm_unlink', 'int(ptr)', (c, name: number) => {
      const file = objectFile(c, name)
      return file === undefined ? c.fail(EINVAL) : answer(c, c.kernel.unlink(c.cx, AT_FDCWD, file, false))
    }),
    object('__libc_break', 8, 8),
    leaf('brk', 'int(ptr)', (c, to: number) => (moveBreak(c, to) ? 0 : c.fail(ENOMEM))),
    leaf('sbrk', 'long(long)', (c, change: number) => {
      const before = currentBreak(c)
      return moveBreak(c, before + change) ? before : c.fail(ENOMEM)
    }),
    leaf('mincore', 'int(ptr, size, ptr)', (c, at: number, length: number, out: number) => {
      if (at % PAGE !== 0) return c.fail(EINVAL)
      const pages = Math.ceil(length / PAGE)
      if (!c.memory.accessible(at, pages * PAGE, Perm.mapped)) return c.fail(ENOMEM)
      const into = target(c, out, pages)
      if (into === undefined) return c.fail(EFAULT)
      into.fill(1)
      return 0
    }),
    leaf('madvise', 'int(ptr, size, int)', (c, at: number, length: number, advice: number) =>
      at % PAGE === 0 && isAdvice(advice) ? answer(c, c.kernel.madvise(c.cx, at, length, advice === MADV_DONTNEED)) : c.fail(EINVAL),
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
    leaf('msync', 'int(ptr, size, int)', (c, at: number, length: number, flags: number) => {
      const both = MS.async | MS.sync
      if (at % PAGE !== 0 || flags & ~(both | MS.invalidate) || (flags & both) === both) return c.fail(EINVAL)
      return answer(c, c.kernel.msync(c.cx, at, length))
    }),
    leaf('munmap', 'int(ptr, size)', (c, at: number, length: number) => answer(c, c.kernel.munmap(c.cx, at, length))),
  ],
}
