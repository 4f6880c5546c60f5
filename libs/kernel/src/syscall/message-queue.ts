import { E } from '../abi/error.ts'
import { O } from '../abi/flag.ts'
import type { KernelCalls } from '../calls.ts'
import type { Context } from '../context/context.ts'
import type { Co } from '../context/coroutine.ts'
import type { Description } from '../context/file.ts'
import { Cost } from '../context/memory-budget.ts'
import type { Kernel } from '../kernel.ts'
import { type PostedMessage, PostedQueue, PostedQueueHandle } from '../scheme/message-queue.ts'
import { descriptor, install, process } from './fs.ts'

type Calls = Pick<KernelCalls, 'posted'>

/** Linux's defaults for a queue, and what the superuser may ask for at most: messages, bytes of one, bytes of all (mq_overview(7)). */
const USUAL = { limit: 10, size: 8192 }
const LIMIT_MAX = 65_536
const SIZE_MAX = 1 << 24
const BYTES_MAX = 819_200
const PRIORITY_MAX = 32_768
const NAME_MAX = 255
/** si_code of a notice. */
const SI_MESGQ = -3

/** POSIX message queues (mq_overview(7)), which are the node's. */
export function messageQueueCalls(kernel: Kernel): Calls {
  const named = new Map<string, PostedQueue>()

  const wrong = (name: string): number =>
    name === '' ? -E.NOENT : name.length > NAME_MAX ? -E.NAMETOOLONG : name.includes('/') || /^\.\.?$/.test(name) ? -E.ACCES : 0

  function make(name: string, mode: number, { limit, size } = USUAL): PostedQueue | number {
    if (limit <= 0 || size <= 0 || limit > LIMIT_MAX || size > SIZE_MAX) return -E.INVAL
    if (limit * size > BYTES_MAX) return -E.MFILE
    if (!kernel.budget.take(Cost.inode)) return -E.NOMEM
    const made = new PostedQueue(kernel.budget, name, mode, limit, size)
    named.set(name, made)
    return made
  }

  function find(cx: Context, fd: number): { description: Description; queue: PostedQueue } | undefined {
    const description = descriptor(cx, fd)
    return description?.handle instanceof PostedQueueHandle ? { description, queue: description.handle.queue } : undefined
  }

  /** Tries until the answer is not -EAGAIN, a handler ran that does not let it go on, or the time has come. */
  function* waitFor<T>(description: Description, queue: PostedQueue, attempt: () => T | number, until?: bigint): Co<T | number> {
    for (;;) {
      const got = attempt()
      if (got !== -E.AGAIN || description.nonblocking) return got
      const wait = [queue.changed]
      const woken = yield until === undefined ? { wait } : { wait, until }
      if (woken === 'timeout') return -E.TIMEDOUT
      if (woken === 'signal' && !(yield { handlers: true })) return -E.INTR
    }
  }

  return {
    posted: {
      open(cx, name, flags, mode, attributes) {
        const refused = wrong(name)
        if (refused < 0) return refused
        const known = named.get(name)
        if (known !== undefined && (flags & (O.CREAT | O.EXCL)) === (O.CREAT | O.EXCL)) return -E.EXIST
        if (known === undefined && !(flags & O.CREAT)) return -E.NOENT
        const queue = known ?? make(name, mode & 0o7777 & ~process(cx).umask, attributes)
        if (typeof queue === 'number') return queue
        return install(kernel, process(cx), new PostedQueueHandle(queue), (flags & (O.RDWR | O.NONBLOCK)) | O.CLOEXEC)
      },
      unlink(_cx, name) {
        const refused = wrong(name)
        const queue = named.get(name)
        if (refused < 0 || queue === undefined) return refused || -E.NOENT
        named.delete(name)
        queue.unlinked = true
        queue.expire()
        return 0
      },
      at: (cx, fd) => find(cx, fd)?.queue ?? -E.BADF,
      *send(cx, fd, message, until) {
        const found = find(cx, fd)
        if (message.priority >= PRIORITY_MAX) return -E.INVAL
        if (!found?.description.writable) return -E.BADF
        const { description, queue } = found
        if (message.bytes.length > queue.size) return -E.MSGSIZE
        return yield* waitFor(description, queue, () => queue.put(message), until)
      },
      *receive(cx, fd, size, until) {
        const found = find(cx, fd)
        if (!found?.description.readable) return -E.BADF
        const { description, queue } = found
        if (size < queue.size) return -E.MSGSIZE
        queue.receivers++
        try {
          return yield* waitFor<PostedMessage>(description, queue, () => queue.take(), until)
        } finally {
          queue.receivers--
        }
      },
      notify(cx, fd, wanted) {
        const queue = find(cx, fd)?.queue
        const own = process(cx)
        if (queue === undefined) return -E.BADF
        const { notice } = queue
        if (wanted === undefined) {
          if (notice?.process === own) queue.notice = undefined
          return 0
        }
        if (notice !== undefined && notice.process.status === undefined) return -E.BUSY
        const { signal, value } = wanted
        const tell = () => {
          if (signal === 0 || own.status !== undefined) return
          const pid = kernel.scheduler.current?.process.pid ?? 0
          kernel.signals.send(own, undefined, { signal, code: SI_MESGQ, pid, status: 0, address: 0, value })
        }
        queue.notice = { process: own, tell }
        return 0
      },
    },
  }
}
