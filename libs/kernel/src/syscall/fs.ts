import { E } from '../abi/error.ts'
import { AT_FDCWD, F, O, O_SETTABLE, Poll, Seek } from '../abi/flag.ts'
import type { DirEntry, KernelCalls } from '../calls.ts'
import type { Context } from '../context/context.ts'
import type { Co } from '../context/coroutine.ts'
import { Description } from '../context/file.ts'
import { Resource, softLimit } from '../context/limits.ts'
import type { ContextState, ProcessState } from '../context/process.ts'
import type { Queue } from '../context/queue.ts'
import { SIG } from '../context/signal.ts'
import type { Kernel } from '../kernel.ts'
import { EventHandle } from '../scheme/event.ts'
import { FileHandle } from '../scheme/file.ts'
import type { Handle } from '../scheme/handle.ts'
import { Inode } from '../scheme/inode.ts'
import { happened, IN } from '../scheme/inotify.ts'
import { Channel, FifoHandle, PipeHandle } from '../scheme/pipe.ts'
import { RecordLocks } from '../scheme/record-locks.ts'
import { ioctl } from './ioctl.ts'
import { openPath } from './open.ts'

type Calls = Pick<
  KernelCalls,
  | 'open'
  | 'openat'
  | 'close'
  | 'read'
  | 'write'
  | 'pread'
  | 'pwrite'
  | 'lseek'
  | 'dup'
  | 'dup2'
  | 'pipe'
  | 'fcntl'
  | 'ioctl'
  | 'fstat'
  | 'fstatvfs'
  | 'getdents'
  | 'fchmod'
  | 'fchown'
  | 'ftruncate'
  | 'allocate'
  | 'futimens'
  | 'fsync'
  | 'flock'
  | 'recordLock'
  | 'poll'
  | 'fpath'
  | 'memfd'
>

export const process = (cx: Context) => (cx as ContextState).process
export const descriptor = (cx: Context, fd: number): Description | undefined => process(cx).files.get(fd)

/** What stands for the process of a lock that belongs to a description. */
const NO_PROCESS = -1

/** A descriptor of a new handle, which is closed if there is none to be had: -EMFILE or -ENOMEM. Flags are O_*, as opened. */
export function install(kernel: Kernel, { files }: ProcessState, handle: Handle, flags: number): number {
  const fd = files.add(new Description(handle, flags & ~O.CLOEXEC), (flags & O.CLOEXEC) !== 0)
  if (fd < 0) kernel.close(handle)
  return fd
}

/**
 * Tries until the answer is not -EAGAIN, unless the description is non-blocking or `until` has passed. A handler with SA_RESTART lets it try
 * on, where there is no such time.
 */
export function* retry<T>(
  description: Description,
  attempt: () => T | number,
  queues: () => readonly Queue[],
  until?: bigint,
): Co<T | number> {
  for (;;) {
    const got = attempt()
    if (got !== -E.AGAIN || description.nonblocking) return got
    const woken = yield until === undefined ? { wait: queues() } : { wait: queues(), until }
    if (woken === 'timeout') return -E.AGAIN
    if (woken !== 'signal') continue
    if (!(yield { handlers: true }) || until !== undefined) return -E.INTR
  }
}

/** Whether RLIMIT_FSIZE lets a file have a length, which it may have up to `kept` anyway; SIGXFSZ if not. */
export function mayGrow(kernel: Kernel, cx: Context, inode: Inode | undefined, length: number, kept = inode?.size() ?? 0): boolean {
  if (!inode?.isFile || length <= Math.max(kept, softLimit(process(cx), Resource.fsize))) return true
  kernel.signals.send(process(cx), cx as ContextState, { signal: SIG.XFSZ, code: 0, pid: cx.process.pid, status: 0, address: 0 })
  return false
}

/** Calls on open descriptors. */
export function fsCalls(kernel: Kernel): Calls {
  const waits = ({ handle }: Description): Queue[] =>
    handle instanceof EventHandle ? [handle.changed, ...handle.sources().map(({ changed }) => changed)] : [handle.changed]

  /** A process that closes any descriptor of a file loses its record locks on it (POSIX close). */
  function unlock(cx: Context, fd: number): void {
    const inode = descriptor(cx, fd)?.handle.inode
    if (inode === undefined || !process(cx).locked.delete(inode)) return
    if (inode.records?.release(process(cx))) inode.unlocked.wake()
  }

  /** As much as may be written there; undefined if that is nothing. */
  function allowed(cx: Context, { inode }: Handle, offset: number, bytes: Uint8Array): Uint8Array | undefined {
    if (bytes.length === 0 || !mayGrow(kernel, cx, inode, offset + 1, 0)) return bytes.length === 0 ? bytes : undefined
    return inode?.isFile ? bytes.subarray(0, softLimit(process(cx), Resource.fsize) - offset) : bytes
  }

  function* transfer(cx: Context, fd: number, buffer: Uint8Array, at: number | undefined, out: boolean): Co<number> {
    const description = descriptor(cx, fd)
    if (description === undefined || !(out ? description.writable : description.readable)) return -E.BADF
    const { handle } = description
    if (at !== undefined && (at < 0 || !(handle.positioned || handle.placeless))) return at < 0 ? -E.INVAL : -E.SPIPE
    const patience = handle.patience(out)
    const until = patience === undefined ? undefined : kernel.time.monotonic + patience
    let total = 0
    for (;;) {
      const offset = at ?? (out && description.flags & O.APPEND ? Math.max(handle.size(), 0) : description.offset)
      const left = buffer.subarray(total)
      const rest = out ? allowed(cx, handle, offset, left) : left
      if (rest === undefined) return -E.FBIG
      const tried = yield* retry(
        description,
        () => (out ? handle.write(rest, offset) : handle.read(rest, offset)),
        () => waits(description),
        until,
      )
      const count = tried === -E.AGAIN && until !== undefined && !description.nonblocking ? handle.outwaited() : tried
      if (count < 0) {
        if (count === -E.PIPE && out && total === 0) {
          kernel.signals.send(process(cx), cx as ContextState, { signal: SIG.PIPE, code: 0, pid: cx.process.pid, status: 0, address: 0 })
        }
        return total > 0 ? total : count
      }
      if (at === undefined && handle.positioned) description.offset = offset + count
      total += count
      // A blocking write to a pipe goes on until all is taken; everything else may be short.
      if (!out || handle.positioned || count === 0 || total >= buffer.length || description.nonblocking) return total
    }
  }

  function* poll(cx: Context, fds: Parameters<KernelCalls['poll']>[1], timeout: bigint | undefined): Co<number> {
    const until = timeout === undefined ? undefined : kernel.time.monotonic + timeout
    for (;;) {
      let ready = 0
      const queues: Queue[] = []
      for (const entry of fds) {
        entry.revents = 0
        if (entry.fd < 0) continue
        const description = descriptor(cx, entry.fd)
        if (description) queues.push(...waits(description))
        entry.revents = description ? description.handle.ready() & (entry.events | Poll.ERR | Poll.HUP) : Poll.NVAL
        if (entry.revents) ready++
      }
      if (ready > 0 || timeout === 0n) return ready
      const woken = yield until === undefined ? { wait: queues } : { wait: queues, until }
      if (woken === 'timeout') return 0
      if (woken === 'signal') {
        yield { handlers: true }
        return -E.INTR
      }
    }
  }

  return {
    open: (cx, path, flags, mode) => openPath(kernel, cx, AT_FDCWD, path, flags, mode),
    openat: (cx, dirfd, path, flags, mode) => openPath(kernel, cx, dirfd, path, flags, mode),
    // biome-ignore lint/correctness/useYield: closing never blocks in this model; the door lets it
    *close(cx, fd) {
      unlock(cx, fd)
      return process(cx).files.close(fd)
    },
    read: (cx, fd, into) => transfer(cx, fd, into, undefined, false),
    write: (cx, fd, from) => transfer(cx, fd, from, undefined, true),
    pread: (cx, fd, into, offset) => transfer(cx, fd, into, offset, false),
    pwrite: (cx, fd, from, offset) => transfer(cx, fd, from, offset, true),
    lseek(cx, fd, offset, whence) {
      const description = descriptor(cx, fd)
      if (description === undefined) return -E.BADF
      const { positioned, placeless } = description.handle
      if (!positioned && !placeless) return -E.SPIPE
      if (whence < 0 || whence > Seek.HOLE) return -E.INVAL
      if (placeless) return 0
      if (whence >= Seek.DATA) {
        const found = description.handle.seek(offset, whence === Seek.HOLE)
        if (found >= 0) description.offset = found
        return found
      }
      const from = whence === 0 ? 0 : whence === 1 ? description.offset : description.handle.size()
      if (from + offset < 0) return -E.INVAL
      description.offset = from + offset
      return description.offset
    },
    dup(cx, fd, atLeast = 0, cloexec = false) {
      const description = descriptor(cx, fd)
      return description ? process(cx).files.add(description, cloexec, atLeast) : -E.BADF
    },
    dup2(cx, fd, to, cloexec = false) {
      const description = descriptor(cx, fd)
      if (description === undefined) return -E.BADF
      if (fd !== to) unlock(cx, to)
      return fd === to ? to : process(cx).files.set(to, description, cloexec)
    },
    pipe(cx, flags) {
      const { files } = process(cx)
      const made = Channel.make(kernel.budget, 1)
      if (typeof made === 'number') return made
      const kept = flags & (O.NONBLOCK | O.CLOEXEC)
      const read = install(kernel, process(cx), new PipeHandle(made[0], 'read'), O.RDONLY | kept)
      if (read < 0) return read
      const write = install(kernel, process(cx), new PipeHandle(made[0], 'write'), O.WRONLY | kept)
      if (write >= 0) return [read, write]
      files.close(read)
      return write
    },
    // biome-ignore lint/correctness/useYield: no command here blocks: locks have a call of their own
    *fcntl(cx, fd, command, argument) {
      const description = descriptor(cx, fd)
      if (description === undefined) return -E.BADF
      const { files } = process(cx)
      switch (command) {
        case F.DUPFD:
        case F.DUPFD_CLOEXEC:
          return files.add(description, command === F.DUPFD_CLOEXEC, argument)
        case F.GETFD:
          return files.cloexec(fd) ? 1 : 0
        case F.SETFD:
          files.setCloexec(fd, argument !== 0)
          return 0
        case F.GETFL:
          return description.flags >>> 0
        case F.SETFL:
          description.flags = (description.flags & ~O_SETTABLE) | (argument & O_SETTABLE)
          return 0
        case F.GETPIPE_SZ:
        case F.SETPIPE_SZ:
          if (!(description.handle instanceof PipeHandle || description.handle instanceof FifoHandle)) return -E.BADF
          return command === F.GETPIPE_SZ ? description.handle.channel.size : description.handle.channel.resize(argument >>> 0)
      }
      kernel.gap(cx.process, 'behaviour unsupported', `fcntl ${command}`, `descriptor of ${description.handle.path}`)
      return -E.INVAL
    },
    ioctl: (cx, fd, request, argument) => ioctl(kernel, cx, fd, request, argument),
    fstat(cx, fd) {
      const description = descriptor(cx, fd)
      return description ? kernel.statOf(description.handle) : -E.BADF
    },
    fstatvfs(cx, fd) {
      return descriptor(cx, fd) ? statvfs(kernel) : -E.BADF
    },
    getdents(cx, fd) {
      const description = descriptor(cx, fd)
      if (description === undefined) return -E.BADF
      const { inode } = description.handle
      if (inode?.isDirectory) {
        happened(inode, IN.ACCESS)
        return entries(inode)
      }
      const listed = description.handle.entries()
      if (listed === undefined) return -E.NOTDIR
      return [...['.', '..'].map((name) => ({ ino: 1, name, type: 4 })), ...listed]
    },
    fchmod(cx, fd, mode) {
      const inode = descriptor(cx, fd)?.handle.inode
      return inode ? inode.chmod(mode, kernel.time.now) : descriptor(cx, fd) ? -E.INVAL : -E.BADF
    },
    fchown(cx, fd, uid, gid) {
      const inode = descriptor(cx, fd)?.handle.inode
      return inode ? inode.chown(uid, gid, kernel.time.now) : descriptor(cx, fd) ? -E.INVAL : -E.BADF
    },
    ftruncate(cx, fd, length) {
      const description = descriptor(cx, fd)
      if (description === undefined) return -E.BADF
      if (!description.writable) return -E.INVAL
      return mayGrow(kernel, cx, description.handle.inode, length) ? description.handle.truncate(length) : -E.FBIG
    },
    allocate(cx, fd, from, to, how) {
      const description = descriptor(cx, fd)
      if (description === undefined || !description.writable) return -E.BADF
      const { handle } = description
      return how === 'extend' && !mayGrow(kernel, cx, handle.inode, to) ? -E.FBIG : handle.allocate(from, to, how)
    },
    futimens(cx, fd, atime, mtime) {
      const inode = descriptor(cx, fd)?.handle.inode
      return inode ? inode.utimens(atime, mtime, kernel.time.now) : descriptor(cx, fd) ? -E.INVAL : -E.BADF
    },
    fsync: (cx, fd) => (descriptor(cx, fd) ? 0 : -E.BADF),
    *flock(cx, fd, operation) {
      const description = descriptor(cx, fd)
      if (description === undefined) return -E.BADF
      const wanted = ({ 1: 'shared', 2: 'exclusive', 8: 'none' } as const)[operation & ~4]
      const inode = description.handle.inode
      if (wanted === undefined || inode === undefined) return -E.INVAL
      for (;;) {
        if (inode.lock(description, wanted)) return 0
        if (operation & 4) return -E.AGAIN
        if ((yield { wait: [inode.unlocked] }) === 'signal' && !(yield { handlers: true })) return -E.INTR
      }
    },
    *recordLock(cx, fd, how, kind, start, end, of = 'process') {
      const description = descriptor(cx, fd)
      if (description === undefined) return -E.BADF
      const { inode } = description.handle
      if (inode === undefined) return -E.INVAL
      if (kind === 'read' && !description.readable && how !== 'get') return -E.BADF
      if (kind === 'write' && !description.writable && how !== 'get') return -E.BADF
      const own = process(cx)
      const [owner, pid] = of === 'process' ? [own, own.pid] : [description, NO_PROCESS]
      const locks = (inode.records ??= new RecordLocks())
      for (;;) {
        const met = kind && locks.conflict(owner, kind, start, end)
        if (how === 'get') return met ?? 0
        if (met === undefined) {
          locks.set(owner, pid, kind, start, end)
          if (of === 'process') own.locked.add(inode)
          inode.unlocked.wake()
          return 0
        }
        if (how === 'set') return -E.AGAIN
        if ((yield { wait: [inode.unlocked] }) === 'signal' && !(yield { handlers: true })) return -E.INTR
      }
    },
    poll,
    fpath: (cx, fd) => descriptor(cx, fd)?.handle.path ?? -E.BADF,
    memfd(cx, name, flags) {
      const inode = new Inode({ next: 1, budget: kernel.budget }, 0o100600, `memfd:${name}`, undefined, kernel.time.now)
      inode.nlink = 0
      if (!inode.bringUp()) return -E.NOMEM
      const handle = new FileHandle(
        inode,
        () => spaces(kernel),
        () => kernel.time.now,
      )
      return install(kernel, process(cx), handle, O.RDWR | (flags & O.CLOEXEC))
    },
  }
}

export function* spaces(kernel: Kernel) {
  for (const { space } of kernel.table.processes.values()) yield space
}

export const statvfs = ({ budget }: Kernel) => {
  const blocks = Math.floor(budget.limit / 4096)
  const bfree = blocks - Math.floor(budget.used / 4096)
  return { bsize: 4096, blocks, bfree, bavail: bfree, files: 1 << 20, ffree: 1 << 19, namemax: 255 }
}

/** All names of a directory, "." and ".." first. */
export function entries(inode: Inode): DirEntry[] {
  const row = (name: string, { ino, mode }: Inode): DirEntry => ({ ino, name, type: (mode >> 12) & 15 })
  return [row('.', inode), row('..', inode.parent ?? inode), ...[...inode.children].map(([name, child]) => row(name, child))]
}
