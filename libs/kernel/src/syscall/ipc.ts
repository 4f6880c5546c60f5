import { PAGE, Perm } from '@bootgraph/cpu'
import { E } from '../abi/error.ts'
import type { KernelCalls } from '../calls.ts'
import type { Co } from '../context/coroutine.ts'
import { Cost } from '../context/memory-budget.ts'
import type { ProcessState } from '../context/process.ts'
import type { Kernel } from '../kernel.ts'
import { Inode } from '../scheme/inode.ts'
import { IPC, type IpcObject, IpcTable, type Message, MessageQueue, Segment, type SemaphoreOperation, SemaphoreSet } from '../scheme/ipc.ts'
import { process } from './fs.ts'

type Calls = Pick<KernelCalls, 'messages' | 'semaphoreSets' | 'segments'>

/** Bytes of a message, operations at once, semaphores of a set and their values at most: Linux's defaults. */
const MESSAGE_MAX = 8192
const OPERATIONS_MAX = 500
const SET_MAX = 32_000
const VALUE_MAX = 32_767
const MODE = 0o777

/** Message queues, semaphores and shared memory of System V (sysvipc(7)). */
export function ipcCalls(kernel: Kernel): Calls {
  const queues = new IpcTable<MessageQueue>(kernel.budget)
  const sets = new IpcTable<SemaphoreSet>(kernel.budget)
  const segments = new IpcTable<Segment>(kernel.budget)
  const seconds = () => kernel.time.now / 1_000_000_000n
  const fresh = <T extends IpcObject>(object: T): T => Object.assign(object, { changedAt: seconds() })

  /** Tries until the answer is not -EAGAIN, the object is gone, a handler ran or the time has come. */
  function* waitFor<T>(object: IpcObject, attempt: () => T | number, once: () => boolean, until?: bigint): Co<T | number> {
    for (;;) {
      if (object.removed) return -E.IDRM
      const got = attempt()
      if (got !== -E.AGAIN || once()) return got
      const wait = [object.changed]
      const woken = yield until === undefined ? { wait } : { wait, until }
      if (woken === 'timeout') return -E.AGAIN
      if (woken === 'signal') {
        yield { handlers: true }
        return -E.INTR
      }
    }
  }

  /** Does all operations, or none: then the one that is in the way. */
  function operate(set: SemaphoreSet, operations: readonly SemaphoreOperation[], own: ProcessState): SemaphoreOperation | number {
    const values = Int32Array.from(set.values)
    for (const each of operations) {
      if (each.change === 0 ? values[each.number] !== 0 : values[each.number] + each.change < 0) return each
      values[each.number] += each.change
      if (values[each.number] > VALUE_MAX) return -E.RANGE
      if (each.undo && Math.abs((set.done.get(own)?.get(each.number) ?? 0) + each.change) > VALUE_MAX) return -E.RANGE
    }
    set.values.set(values)
    set.operatedAt = seconds()
    for (const { number, change, undo } of operations) {
      set.pids[number] = own.pid
      if (undo && change !== 0) {
        const changes = doneBy(own, set)
        changes.set(number, (changes.get(number) ?? 0) + change)
      }
    }
    set.changed.wake()
    return 0
  }

  /** What a process did to a set under SEM_UNDO, which is taken back when it ends. */
  function doneBy(own: ProcessState, set: SemaphoreSet): Map<number, number> {
    const known = set.done.get(own)
    if (known) return known
    const changes = new Map<number, number>()
    set.done.set(own, changes)
    own.handles.add({
      tell() {
        for (const [number, change] of changes) set.values[number] = Math.max(0, Math.min(VALUE_MAX, set.values[number] - change))
        set.done.delete(own)
        set.changed.wake()
      },
    })
    return changes
  }

  const attached = ({ inode }: Segment): number => {
    let count = 0
    for (const { space } of kernel.table.processes.values()) for (const { file } of space.grants) if (file === inode) count++
    return count
  }
  /** A segment that was removed is there until nobody has it. */
  function segment(id: number): Segment | number {
    const found = segments.at(id)
    if (typeof found === 'number' || found.inode.nlink > 0 || attached(found) > 0) return found
    segments.remove(id)
    return -E.INVAL
  }

  return {
    messages: {
      get: (_cx, key, flags) => queues.get(key, flags, () => fresh(new MessageQueue(key, flags & MODE))),
      at: (_cx, id) => queues.at(id),
      remove: (_cx, id) => queues.remove(id),
      *send(cx, id, message, flags) {
        const queue = queues.at(id)
        if (message.type < 1n || message.bytes.length > MESSAGE_MAX) return -E.INVAL
        if (typeof queue === 'number') return queue
        const put = (): number => {
          if (queue.bytes + message.bytes.length > queue.limit || queue.messages.length >= queue.limit) return -E.AGAIN
          if (!kernel.budget.take(Cost.datagram + message.bytes.length)) return -E.NOMEM
          queue.messages.push(message)
          queue.lastSender = cx.process.pid
          queue.sentAt = seconds()
          queue.changed.wake()
          return 0
        }
        return yield* waitFor(queue, put, () => (flags & IPC.NOWAIT) !== 0)
      },
      *receive(cx, id, size, type, flags) {
        const queue = queues.at(id)
        if (typeof queue === 'number') return queue
        const take = (): Message | number => {
          const found = wanted(queue.messages, type, (flags & How.except) !== 0)
          if (found === undefined) return -E.AGAIN
          if (found.bytes.length > size && !(flags & How.noError)) return -E.BIG
          queue.messages.splice(queue.messages.indexOf(found), 1)
          kernel.budget.take(-Cost.datagram - found.bytes.length)
          queue.lastReceiver = cx.process.pid
          queue.receivedAt = seconds()
          queue.changed.wake()
          return { type: found.type, bytes: found.bytes.subarray(0, size) }
        }
        const got = yield* waitFor(queue, take, () => (flags & IPC.NOWAIT) !== 0)
        return got === -E.AGAIN ? -E.NOMSG : got
      },
    },
    semaphoreSets: {
      get(_cx, key, count, flags) {
        if (count < 0 || count > SET_MAX) return -E.INVAL
        const make = () => (count === 0 ? -E.INVAL : fresh(new SemaphoreSet(key, flags & MODE, count)))
        return sets.get(key, flags, make, ({ values }) => (count > values.length ? -E.INVAL : 0))
      },
      at: (_cx, id) => sets.at(id),
      remove: (_cx, id) => sets.remove(id),
      *operate(cx, id, operations, until) {
        const set = sets.at(id)
        if (operations.length === 0) return -E.INVAL
        if (operations.length > OPERATIONS_MAX) return -E.BIG
        if (typeof set === 'number') return set
        if (operations.some(({ number }) => number >= set.values.length)) return -E.FBIG
        let inTheWay: SemaphoreOperation | undefined
        const attempt = (): number => {
          if (inTheWay) set.waiting.delete(inTheWay)
          const done = operate(set, operations, process(cx))
          inTheWay = typeof done === 'number' ? undefined : { ...done }
          if (inTheWay) set.waiting.add(inTheWay)
          return typeof done === 'number' ? done : -E.AGAIN
        }
        const done = yield* waitFor(set, attempt, () => inTheWay?.nowait === true, until)
        if (inTheWay) set.waiting.delete(inTheWay)
        return done
      },
    },
    segments: {
      get(cx, key, size, flags) {
        segments.prune((each) => each.inode.nlink <= 0 && attached(each) === 0)
        const make = (): Segment | number => {
          if (size < 1) return -E.INVAL
          const inode = new Inode({ next: 1, budget: kernel.budget }, 0o100600, 'SYSV', undefined, kernel.time.now)
          if (inode.truncate(Math.ceil(size / PAGE) * PAGE) < 0 || !inode.bringUp(0, inode.size())) return -E.NOMEM
          return fresh(new Segment(key, flags & MODE, size, inode, cx.process.pid))
        }
        return segments.get(key, flags, make, (known) => (size > known.size ? -E.INVAL : 0))
      },
      at: (_cx, id) => segment(id),
      attached,
      remove(_cx, id) {
        const found = segment(id)
        if (typeof found === 'number') return
        found.inode.nlink = 0
        found.inode.expire()
        if (attached(found) === 0) segments.remove(id)
      },
      attach(cx, id, address, readOnly, replace) {
        const found = segment(id)
        if (typeof found === 'number') return found
        const { space } = process(cx)
        const { inode } = found
        if (inode.mappers.has(space))
          kernel.gap(cx.process, 'behaviour unsupported', 'shmat', 'two mappings of a segment in one process are not coherent')
        inode.mapped = true
        for (const other of kernel.table.processes.values()) other.space.flush(inode)
        const perm = readOnly ? Perm.read : Perm.read | Perm.write
        const fixed = address === 0 ? undefined : replace ? 'replace' : 'noreplace'
        const at = space.map(address, inode.size(), perm, { shared: true, fixed, file: inode, name: '/SYSV' })
        if (at < 0) return at === -E.EXIST ? -E.INVAL : at
        found.attachedAt = seconds()
        found.lastUser = cx.process.pid
        return at
      },
      detach(cx, address) {
        const { space } = process(cx)
        const grant = space.grants.find(({ start, offset, name }) => start === address && offset === 0 && name === '/SYSV')
        return grant?.file === undefined ? -E.INVAL : space.unmap(address, grant.file.size())
      },
    },
  }
}

/** Flags of msgrcv. */
const How = { noError: 0o10000, except: 0o20000 } as const

/** The message that msgrcv takes: the first, the first of a type or of others, or of the lowest type up to -type. */
function wanted(messages: readonly Message[], type: bigint, except: boolean): Message | undefined {
  if (type === 0n) return messages[0]
  if (type > 0n) return messages.find((each) => (each.type === type) !== except)
  const low = messages.filter((each) => each.type <= -type)
  return low.reduce<Message | undefined>((best, each) => (best === undefined || each.type < best.type ? each : best), undefined)
}
