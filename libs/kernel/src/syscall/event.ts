import { E } from '../abi/error.ts'
import { O } from '../abi/flag.ts'
import type { KernelCalls } from '../calls.ts'
import type { Context } from '../context/context.ts'
import type { Kernel } from '../kernel.ts'
import { CounterHandle, EpollHandle, TimerHandle } from '../scheme/epoll.ts'
import type { Handle } from '../scheme/handle.ts'
import { IN, InotifyHandle } from '../scheme/inotify.ts'
import { SignalHandle } from '../scheme/signal.ts'
import { descriptor, install, process } from './fs.ts'
import { absent } from './open.ts'
import { walk } from './path.ts'

type Calls = Pick<
  KernelCalls,
  | 'epollCreate'
  | 'epollControl'
  | 'epollWait'
  | 'eventfd'
  | 'timerfd'
  | 'timerfdSet'
  | 'signalfd'
  | 'inotify'
  | 'inotifyWatch'
  | 'inotifyUnwatch'
>

/** Descriptors that only say what happened: epoll, eventfd, timerfd, signalfd and inotify of Linux. */
export function eventCalls(kernel: Kernel): Calls {
  const add = (cx: Context, handle: Handle, flags: number): number =>
    install(kernel, process(cx), handle, O.RDWR | (flags & (O.NONBLOCK | O.CLOEXEC)))
  const epoll = (cx: Context, fd: number): EpollHandle | number => {
    const handle = descriptor(cx, fd)?.handle
    return handle === undefined ? -E.BADF : handle instanceof EpollHandle ? handle : -E.INVAL
  }
  const inotify = (cx: Context, fd: number): InotifyHandle | number => {
    const handle = descriptor(cx, fd)?.handle
    return handle === undefined ? -E.BADF : handle instanceof InotifyHandle ? handle : -E.INVAL
  }
  return {
    epollCreate: (cx, flags) => add(cx, new EpollHandle(), flags),
    epollControl(cx, own, op, fd, events, data) {
      const handle = epoll(cx, own)
      const description = descriptor(cx, fd)
      if (description === undefined || handle === -E.BADF) return -E.BADF
      const { inode } = description.handle
      if (inode !== undefined && !inode.isFifo) return -E.PERM
      if (typeof handle === 'number') return handle
      if (handle === description.handle) return -E.INVAL
      return handle.control(op, fd, description, events, data)
    },
    *epollWait(cx, fd, max, timeout) {
      const handle = epoll(cx, fd)
      if (typeof handle === 'number') return handle
      if (max <= 0) return -E.INVAL
      const until = timeout === undefined ? undefined : kernel.time.monotonic + timeout
      for (;;) {
        const found = handle.take(max)
        if (found.length > 0 || timeout === 0n) return found
        const wait = [handle.changed]
        const woken = yield until === undefined ? { wait } : { wait, until }
        if (woken === 'timeout') return []
        if (woken === 'signal') {
          yield { handlers: true }
          return -E.INTR
        }
      }
    },
    eventfd: (cx, value, single, flags) => add(cx, new CounterHandle(value, single), flags),
    timerfd: (cx, clock, flags) => add(cx, new TimerHandle(kernel.time, clock), flags),
    signalfd(cx, fd, set, flags) {
      if (fd === -1) return add(cx, new SignalHandle(set, () => kernel.scheduler.current, kernel.signals.listeners), flags)
      const handle = descriptor(cx, fd)?.handle
      if (handle === undefined) return -E.BADF
      if (!(handle instanceof SignalHandle)) return -E.INVAL
      handle.change(set)
      return fd
    },
    inotify: (cx, flags) => install(kernel, process(cx), new InotifyHandle(), O.RDONLY | (flags & (O.NONBLOCK | O.CLOEXEC))),
    inotifyWatch(cx, fd, path, mask) {
      if (!(mask & (IN.ALL | IN.ISDIR)) || (mask & IN.MASK_ADD && mask & IN.MASK_CREATE)) return -E.INVAL
      const handle = inotify(cx, fd)
      if (typeof handle === 'number') return handle
      const own = process(cx)
      const place = walk(own.root, own.cwd, path, !(mask & IN.DONT_FOLLOW))
      if (typeof place === 'number') return place
      const { inode } = place
      if (inode === undefined) return absent(kernel, own, path)
      return mask & IN.ONLYDIR && !inode.isDirectory ? -E.NOTDIR : handle.watch(inode, mask)
    },
    inotifyUnwatch(cx, fd, wd) {
      const handle = inotify(cx, fd)
      return typeof handle === 'number' ? handle : handle.unwatch(wd)
    },
    timerfdSet(cx, fd, set) {
      const handle = descriptor(cx, fd)?.handle
      if (handle === undefined) return -E.BADF
      if (!(handle instanceof TimerHandle)) return -E.INVAL
      const old = kernel.time.left(handle)
      if (set !== undefined) handle.set(set)
      return old
    },
  }
}
