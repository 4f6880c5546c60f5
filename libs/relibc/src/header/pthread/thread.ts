/** Threads, their attributes and names. pthread_attr_t: { detached u32 @0, scheduling @4, stack size @8, guard size @16, stack address @24 }. */
import { Gpr } from '@bootgraph/cpu'
import type { Co } from '@bootgraph/kernel'
import { enter } from '../../platform/enter.ts'
import { platformOf } from '../../platform/platform.ts'
import { Area, ATFORK_MAX, KEYS_MAX, Thread } from '../../platform/thread-block.ts'
import { DEFAULT_STACK, isThread, makeThread, PAGE, reclaim, type ThreadRequest } from '../../platform/threads.ts'
import { cstring, putString, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, callback, leaf, type SymbolRow } from '../../registry/define.ts'
import { threadClock } from '../clock/thread-clock.ts'
import { leaveThread } from './leave.ts'
import { deadline, deadlineOf } from './mutex.ts'
import { destroy, makeState, onState, stateOf } from './object.ts'
import { asksForMore } from './schedule.ts'

const EPERM = 1
const ESRCH = 3
const EAGAIN = 11
const ENOMEM = 12
const EBUSY = 16
const EINVAL = 22
const ERANGE = 34
const EDEADLK = 35
const ETIMEDOUT = 110
const STACK_MIN = 16_384

const Attr = { detached: 0, stackSize: 8, guardSize: 16, stack: 24 } as const
const ATTR_SIZE = 32

function attrInit(c: LibcCall, object: number): number {
  const attr = makeState(c, object)
  if (!writable(c, attr, c.abi.pthread.attr)) return EINVAL
  c.memory.bytes(attr, ATTR_SIZE).fill(0)
  c.memory.setSize(attr + Attr.stackSize, DEFAULT_STACK)
  c.memory.setSize(attr + Attr.guardSize, PAGE)
  return 0
}

/** What attributes ask for, `attributes` 0 being the usual ones; undefined if they cannot be read. */
export function attributesOf(c: LibcCall, attributes: number): Omit<ThreadRequest, 'start' | 'argument'> | undefined {
  const attr = stateOf(c, attributes)
  if (attr !== 0 && !readable(c, attr, ATTR_SIZE)) return undefined
  const size = (offset: number, fallback: number): number => (attr === 0 ? fallback : c.memory.getSize(attr + offset))
  return {
    stackSize: size(Attr.stackSize, DEFAULT_STACK),
    guardSize: size(Attr.guardSize, PAGE),
    stack: size(Attr.stack, 0),
    detached: attr !== 0 && c.memory.getU32(attr) === 1,
  }
}

export function create(c: LibcCall, thread: number, attributes: number, start: number, argument: number): number {
  const asked = attributesOf(c, attributes)
  if (asked === undefined || !writable(c, thread, 8)) return EINVAL
  if (asksForMore(c, attributes)) return EPERM
  const block = makeThread(c, { ...asked, start, argument })
  if (block < 0) return block === -ENOMEM ? EAGAIN : -block
  c.memory.setSize(thread, block)
  return 0
}

/** The first function of every thread. */
function threadEntry(c: LibcCall, block: number): number {
  c.cx.threadPointer = block
  c.memory.setU32(block + Thread.tid, c.cx.tid)
  return enter(c, c.memory.getSize(block + Thread.start), [c.memory.getSize(block + Thread.argument)], '__libc_thread_returned')
}

/** Waits until `until` (monotonic ns) at most. */
export function* join(c: LibcCall, block: number, out: number, until?: bigint): Co<number> {
  if (!isThread(c, block)) return ESRCH
  if (block === c.cx.threadPointer) return EDEADLK
  if (c.memory.getU32(block + Thread.detached) !== 0) return EINVAL
  if (out !== 0 && !writable(c, out, 8)) return EINVAL
  while (c.memory.getU32(block + Thread.ended) === 0)
    if ((yield* c.kernel.futexWait(c.cx, block + Thread.ended, 0, until)) === 'timeout') return ETIMEDOUT
  if (out !== 0) c.memory.setU64(out, c.memory.getU64(block + Thread.result))
  reclaim(c, block)
  return 0
}

function* joinUntil(c: LibcCall, block: number, out: number, until: bigint | undefined): Co<number> {
  return until === undefined ? EINVAL : yield* join(c, block, out, until)
}

export function detach(c: LibcCall, block: number): number {
  if (!isThread(c, block)) return ESRCH
  if (c.memory.getU32(block + Thread.detached) !== 0) return EINVAL
  if (c.memory.getU32(block + Thread.ended) !== 0) reclaim(c, block)
  else c.memory.setU32(block + Thread.detached, 1)
  return 0
}

function getattr(c: LibcCall, block: number, object: number): number {
  if (!isThread(c, block)) return ESRCH
  const attr = makeState(c, object)
  if (!writable(c, attr, ATTR_SIZE)) return EINVAL
  c.memory.bytes(attr, ATTR_SIZE).fill(0)
  c.memory.setU32(attr, c.memory.getU32(block + Thread.detached))
  for (const [from, to] of [
    [Thread.stackSize, Attr.stackSize],
    [Thread.guardSize, Attr.guardSize],
    [Thread.stack, Attr.stack],
  ] as const)
    c.memory.setSize(attr + to, c.memory.getSize(block + from))
  return 0
}

function attrGet(offset: number) {
  return (c: LibcCall, attr: number, out: number): number => {
    if (!readable(c, attr, ATTR_SIZE) || !writable(c, out, 8)) return EINVAL
    c.memory.setSize(out, c.memory.getSize(attr + offset))
    return 0
  }
}

function attrSet(offset: number, least: number) {
  return (c: LibcCall, attr: number, value: number): number => {
    if (value < least || !writable(c, attr, ATTR_SIZE)) return EINVAL
    c.memory.setSize(attr + offset, value)
    return 0
  }
}

function getstack(c: LibcCall, attr: number, address: number, size: number): number {
  if (!readable(c, attr, ATTR_SIZE) || !writable(c, address, 8) || !writable(c, size, 8)) return EINVAL
  c.memory.setSize(address, c.memory.getSize(attr + Attr.stack))
  c.memory.setSize(size, c.memory.getSize(attr + Attr.stackSize))
  return 0
}

function setstack(c: LibcCall, attr: number, address: number, size: number): number {
  if (size < STACK_MIN || !writable(c, attr, ATTR_SIZE)) return EINVAL
  c.memory.setSize(attr + Attr.stack, address)
  c.memory.setSize(attr + Attr.stackSize, size)
  return 0
}

export function keyCreate(c: LibcCall, out: number, destructor: number): number {
  if (!writable(c, out, 4)) return EINVAL
  const keys = platformOf(c).area + Area.keys
  for (let key = 0; key < KEYS_MAX; key++) {
    const at = keys + key * 16
    if (c.memory.getU32(at) !== 0) continue
    c.memory.setU32(at, 1)
    c.memory.setSize(at + 8, destructor)
    if (c.abi.name === 'redox') c.memory.setSize(out, key)
    else c.memory.setU32(out, key)
    return 0
  }
  return EAGAIN
}

/** Values of every thread are dropped, so that a later key of the same number starts null. */
export function keyDelete(c: LibcCall, key: number): number {
  const { area } = platformOf(c)
  if (key >= KEYS_MAX || c.memory.getU32(area + Area.keys + key * 16) === 0) return EINVAL
  c.memory.bytes(area + Area.keys + key * 16, 16).fill(0)
  for (let at = c.memory.getSize(area + Area.threads); at !== 0; at = c.memory.getSize(at + Thread.next)) {
    c.memory.setSize(at + Thread.values + key * 8, 0)
  }
  return 0
}

export function setspecific(c: LibcCall, key: number, value: number): number {
  if (key >= KEYS_MAX || c.memory.getU32(platformOf(c).area + Area.keys + key * 16) === 0) return EINVAL
  c.memory.setSize(c.cx.threadPointer + Thread.values + key * 8, value)
  return 0
}

export const getspecific = (c: LibcCall, key: number): number =>
  key < KEYS_MAX ? c.memory.getSize(c.cx.threadPointer + Thread.values + key * 8) : 0

function setname(c: LibcCall, block: number, name: number): number {
  const text = cstring(c, name)
  if (text === undefined || !isThread(c, block)) return text === undefined ? EINVAL : ESRCH
  if (text.length > 15) return ERANGE
  const into = c.memory.bytes(block + Thread.name, 16)
  into.fill(0)
  into.set(text)
  return 0
}

function getname(c: LibcCall, block: number, out: number, size: number): number {
  if (!isThread(c, block)) return ESRCH
  if (!writable(c, out, size)) return EINVAL
  return putString(c, out, size, c.string(block + Thread.name)) < 0 ? ERANGE : 0
}

function atfork(c: LibcCall, prepare: number, parent: number, child: number): number {
  const { area } = platformOf(c)
  const count = c.memory.getU32(area + Area.atforkCount)
  if (count >= ATFORK_MAX) return ENOMEM
  for (const [i, handler] of [prepare, parent, child].entries()) c.memory.setSize(area + Area.atfork + count * 24 + i * 8, handler)
  c.memory.setU32(area + Area.atforkCount, count + 1)
  return 0
}

export const threadRows: readonly SymbolRow[] = [
  leaf('pthread_attr_destroy', 'int(ptr)', destroy),
  leaf('pthread_attr_getguardsize', 'int(ptr, ptr)', onState(attrGet(Attr.guardSize))),
  leaf('pthread_attr_getstack', 'int(ptr, ptr, ptr)', onState(getstack)),
  leaf('pthread_attr_getstacksize', 'int(ptr, ptr)', onState(attrGet(Attr.stackSize))),
  leaf('pthread_attr_init', 'int(ptr)', attrInit),
  leaf(
    'pthread_attr_setdetachstate',
    'int(ptr, int)',
    onState((c, attr, state: number) => {
      if (!writable(c, attr, ATTR_SIZE) || (state !== 0 && state !== 1)) return EINVAL
      c.memory.setU32(attr, state === c.abi.pthread.createDetached ? 1 : 0)
      return 0
    }),
  ),
  leaf('pthread_attr_setguardsize', 'int(ptr, size)', onState(attrSet(Attr.guardSize, 0))),
  leaf('pthread_attr_setstack', 'int(ptr, ptr, size)', onState(setstack)),
  leaf('pthread_attr_setstacksize', 'int(ptr, size)', onState(attrSet(Attr.stackSize, STACK_MIN))),
  leaf('pthread_create', 'int(ptr, ptr, ptr, ptr)', create),
  leaf('__libc_thread_entry', 'int(ptr)', threadEntry),
  callback('__libc_thread_returned', 'void()', (c) => leaveThread(c, c.state.get(Gpr.rax))),
  leaf('pthread_detach', 'int(ptr)', detach),
  leaf('pthread_equal', 'int(ptr, ptr)', (_c, a: number, b: number) => (a === b ? 1 : 0)),
  callback(
    'pthread_exit',
    'void(ptr)',
    (c) => leaveThread(c, c.state.get(Gpr.rdi)),
    'partial',
    'C++ objects on the stack are not destroyed',
  ),
  leaf('pthread_getattr_np', 'int(ptr, ptr)', getattr),
  leaf('pthread_getname_np', 'int(ptr, ptr, size)', getname),
  leaf('pthread_setname_np', 'int(ptr, ptr)', setname),
  blocking('pthread_join', 'int(ptr, ptr)', (c, block: number, out: number) => join(c, block, out)),
  blocking('pthread_tryjoin_np', 'int(ptr, ptr)', function* (c, block: number, out: number) {
    return isThread(c, block) && c.memory.getU32(block + Thread.ended) === 0 ? EBUSY : yield* join(c, block, out)
  }),
  blocking('pthread_timedjoin_np', 'int(ptr, ptr, ptr)', (c, block: number, out: number, at: number) =>
    joinUntil(c, block, out, deadline(c, at, 'realtime')),
  ),
  blocking('pthread_clockjoin_np', 'int(ptr, ptr, int, ptr)', (c, block: number, out: number, id: number, at: number) =>
    joinUntil(c, block, out, deadlineOf(c, id, at)),
  ),
  leaf('pthread_getcpuclockid', 'int(ptr, ptr)', (c, block: number, out: number) => {
    if (!isThread(c, block)) return ESRCH
    if (!writable(c, out, 4)) return EINVAL
    c.memory.setI32(out, threadClock(c.memory.getU32(block + Thread.tid)))
    return 0
  }),
  leaf('pthread_key_create', 'int(ptr, ptr)', keyCreate),
  alias('__pthread_key_create', 'pthread_key_create'),
  leaf('pthread_key_delete', 'int(uint)', keyDelete),
  leaf('pthread_getspecific', 'ptr(uint)', getspecific),
  leaf('pthread_setspecific', 'int(uint, ptr)', setspecific),
  leaf('pthread_self', 'ptr()', (c) => c.cx.threadPointer),
  leaf('pthread_kill', 'int(ptr, int)', (c, block: number, signal: number) =>
    isThread(c, block) ? -c.kernel.tkill(c.cx, c.memory.getU32(block + Thread.tid), signal) : ESRCH,
  ),
  leaf('pthread_sigqueue', 'int(ptr, int, u64)', (c, block: number, signal: number, value: bigint) =>
    isThread(c, block) ? -c.kernel.tkill(c.cx, c.memory.getU32(block + Thread.tid), signal, value) : ESRCH,
  ),
  leaf('pthread_atfork', 'int(ptr, ptr, ptr)', atfork),
  leaf('__register_atfork', 'int(ptr, ptr, ptr, ptr)', atfork),
]
