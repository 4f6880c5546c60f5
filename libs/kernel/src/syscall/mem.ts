import { Perm } from '@bootgraph/cpu'
import { E } from '../abi/error.ts'
import { O } from '../abi/flag.ts'
import type { KernelCalls } from '../calls.ts'
import type { Context } from '../context/context.ts'
import { Resource, softLimit } from '../context/limits.ts'
import { isEngine } from '../context/memory.ts'
import { SharedMemory } from '../context/shared-memory.ts'
import type { Kernel } from '../kernel.ts'
import { descriptor, process } from './fs.ts'

type Calls = Pick<KernelCalls, 'mmap' | 'munmap' | 'mprotect' | 'mremap' | 'msync' | 'madvise'>

/** Calls on the caller's address space. */
export function memCalls(kernel: Kernel): Calls {
  /** RLIMIT_AS does not let the caller map so much more. */
  const crowded = (cx: Context, more: number): boolean => {
    const most = softLimit(process(cx), Resource.as)
    return most !== Number.POSITIVE_INFINITY && process(cx).space.grants.reduce((sum, { start, end }) => sum + end - start, more) > most
  }
  return {
    mmap(cx, address, length, perm, shared, fixed, fd, offset) {
      if (crowded(cx, length)) return -E.NOMEM
      if (fixed !== undefined && isEngine(address, length))
        kernel.gap(
          cx.process,
          'behaviour unsupported',
          'mmap MAP_FIXED',
          `0x${address.toString(16)} and ${length} bytes on are not the guest’s`,
        )
      const { space } = process(cx)
      const anonymously = () =>
        space.map(address, length, perm, { shared, fixed, ...(shared && { file: new SharedMemory(length, kernel.budget) }) })
      if (fd < 0) return anonymously()
      const description = descriptor(cx, fd)
      if (description === undefined) return -E.BADF
      if (description.flags & O.PATH) return -E.BADF
      const { inode, path, anonymous } = description.handle
      if (anonymous) return anonymously()
      if (inode === undefined || !inode.isFile) return -E.NODEV
      if (!description.readable || (shared && perm & Perm.write && !description.writable)) return -E.ACCES
      if (shared && perm & Perm.write) {
        if (inode.mappers.has(space))
          kernel.gap(
            cx.process,
            'behaviour unsupported',
            'mmap MAP_SHARED',
            `two shared mappings of ${path} in one process are not coherent`,
          )
        inode.mapped = true
      }
      if (shared && description.writable && !inode.bringUp(offset, Math.min(offset + length, inode.size()))) return -E.NOMEM
      for (const other of kernel.table.processes.values()) if (inode.mapped) other.space.flush(inode)
      return space.map(address, length, perm, { shared, fixed, file: inode, offset, name: path })
    },
    munmap: (cx, address, length) => process(cx).space.unmap(address, length),
    mprotect: (cx, address, length, perm) => process(cx).space.protect(address, length, perm),
    mremap: (cx, address, oldLength, newLength, mayMove, fixedAt) =>
      crowded(cx, newLength - oldLength) ? -E.NOMEM : process(cx).space.remap(address, oldLength, newLength, mayMove, fixedAt),
    msync: (cx, address, length) => process(cx).space.sync(address, length),
    madvise: (cx, address, length, dontNeed) => (dontNeed ? process(cx).space.discard(address, length) : 0),
  }
}
