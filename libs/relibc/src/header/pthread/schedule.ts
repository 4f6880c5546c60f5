/**
 * How threads are scheduled: they all have policy SCHED_OTHER and one processor (POSIX, "Thread Scheduling"; the *_np functions are glibc's).
 * Attributes keep what is asked for; in pthread_attr_t the policy is byte 4, whether it holds byte 5, the priority byte 6.
 */
import { isThread } from '../../platform/threads.ts'
import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { leaf, type SymbolRow } from '../../registry/define.ts'
import { onState, stateOf } from './object.ts'

const EPERM = 1
const ESRCH = 3
const EINVAL = 22
const ENOTSUP = 95

const Attr = { detached: 0, policy: 4, explicit: 5, priority: 6 } as const
const OTHER = 0
/** SCHED_FIFO and SCHED_RR have priorities 1 to 99, SCHED_OTHER 0. */
const REAL_TIME: ReadonlySet<number> = new Set([1, 2])
const SCOPE = { system: 0, process: 1 } as const

const priorityFits = (policy: number, priority: number): boolean =>
  REAL_TIME.has(policy) ? priority >= 1 && priority <= 99 : priority === 0

/** Whether attributes ask for a policy that nobody may have here. */
export function asksForMore(c: LibcCall, attributes: number): boolean {
  const attr = stateOf(c, attributes)
  return attr !== 0 && readable(c, attr, 8) && c.memory.getU8(attr + Attr.explicit) === 1 && c.memory.getU8(attr + Attr.policy) !== OTHER
}

/** An int that attributes keep in a byte. */
const get = (at: number) =>
  onState((c, attr, out: number) => {
    if (!readable(c, attr, 8) || !writable(c, out, 4)) return EINVAL
    c.memory.setI32(out, c.memory.getU8(attr + at))
    return 0
  })
const set = (at: number, known: (value: number) => boolean) =>
  onState((c, attr, value: number) => {
    if (!known(value) || !writable(c, attr, 8)) return EINVAL
    c.memory.setU8(attr + at, value)
    return 0
  })

const setParameters = onState((c, attr, at: number) => {
  if (!writable(c, attr, 8) || !readable(c, at, 4)) return EINVAL
  const priority = c.memory.getI32(at)
  if (!priorityFits(c.memory.getU8(attr + Attr.policy), priority)) return EINVAL
  c.memory.setU8(attr + Attr.priority, priority)
  return 0
})

function ofThread(c: LibcCall, block: number, policy: number, parameters: number): number {
  if (!isThread(c, block)) return ESRCH
  if (!writable(c, policy, 4) || !writable(c, parameters, 4)) return EINVAL
  c.memory.setI32(policy, OTHER)
  c.memory.setI32(parameters, 0)
  return 0
}

function setOfThread(c: LibcCall, block: number, policy: number, parameters: number): number {
  if (!isThread(c, block)) return ESRCH
  if (!readable(c, parameters, 4) || (policy !== OTHER && !REAL_TIME.has(policy))) return EINVAL
  return !priorityFits(policy, c.memory.getI32(parameters)) ? EINVAL : policy === OTHER ? 0 : EPERM
}

/** A cpu_set_t of `size` bytes with the one processor. */
function processors(c: LibcCall, size: number, out: number): number {
  if (size < 8 || !writable(c, out, size)) return EINVAL
  c.memory.bytes(out, size).fill(0)
  c.memory.setU8(out, 1)
  return 0
}
const hasProcessor = (c: LibcCall, size: number, mask: number): boolean =>
  size > 0 && readable(c, mask, size) && (c.memory.getU8(mask) & 1) === 1

export const scheduleRows: readonly SymbolRow[] = [
  leaf('pthread_attr_getdetachstate', 'int(ptr, ptr)', get(Attr.detached)),
  leaf('pthread_attr_getinheritsched', 'int(ptr, ptr)', get(Attr.explicit)),
  leaf(
    'pthread_attr_setinheritsched',
    'int(ptr, int)',
    set(Attr.explicit, (value) => value === 0 || value === 1),
  ),
  leaf('pthread_attr_getschedpolicy', 'int(ptr, ptr)', get(Attr.policy)),
  leaf(
    'pthread_attr_setschedpolicy',
    'int(ptr, int)',
    set(Attr.policy, (value) => value === OTHER || REAL_TIME.has(value)),
  ),
  leaf('pthread_attr_getschedparam', 'int(ptr, ptr)', get(Attr.priority)),
  leaf('pthread_attr_setschedparam', 'int(ptr, ptr)', setParameters),
  leaf('pthread_attr_setscope', 'int(ptr, int)', (_c, _attributes: number, scope: number) =>
    scope === SCOPE.system ? 0 : scope === SCOPE.process ? ENOTSUP : EINVAL,
  ),
  leaf('pthread_attr_getscope', 'int(ptr, ptr)', (c, _attributes: number, out: number) => {
    if (!writable(c, out, 4)) return EINVAL
    c.memory.setI32(out, SCOPE.system)
    return 0
  }),
  leaf('pthread_getschedparam', 'int(ptr, ptr, ptr)', ofThread),
  leaf('pthread_setschedparam', 'int(ptr, int, ptr)', setOfThread, 'partial', 'the one policy is SCHED_OTHER'),
  leaf('pthread_setschedprio', 'int(ptr, int)', (c, block: number, priority: number) =>
    isThread(c, block) ? (priorityFits(OTHER, priority) ? 0 : EINVAL) : ESRCH,
  ),
  leaf('pthread_getaffinity_np', 'int(ptr, size, ptr)', (c, block: number, size: number, out: number) =>
    isThread(c, block) ? processors(c, size, out) : ESRCH,
  ),
  leaf('pthread_setaffinity_np', 'int(ptr, size, ptr)', (c, block: number, size: number, mask: number) =>
    !isThread(c, block) ? ESRCH : hasProcessor(c, size, mask) ? 0 : EINVAL,
  ),
  leaf('pthread_attr_setaffinity_np', 'int(ptr, size, ptr)', (c, _attributes: number, size: number, mask: number) =>
    size === 0 || hasProcessor(c, size, mask) ? 0 : EINVAL,
  ),
  leaf('pthread_attr_getaffinity_np', 'int(ptr, size, ptr)', (c, _attributes: number, size: number, out: number) =>
    processors(c, size, out),
  ),
]
