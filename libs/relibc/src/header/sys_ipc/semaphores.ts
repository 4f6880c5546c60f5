/** <sys/sem.h>: https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/sys_sem.h.html */
import type { Co } from '@bootgraph/kernel'
import { readTimespec } from '../../abi/structs.ts'
import { answer, EFAULT, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, leaf, type SymbolRow } from '../../registry/define.ts'
import { Command, control } from './object.ts'

const E2BIG = 7
const EINVAL = 22
const ERANGE = 34
const OPERATIONS_MAX = 500
const VALUE_MAX = 32_767
const NOWAIT = 0o4000
const UNDO = 0x1000
/** struct sembuf: { number u16, change i16, flags i16 }. */
const SEMBUF = 6
/** struct semid_ds behind its ipc_perm, in bytes. */
const Ds = { operated: 48, changed: 64, count: 80, size: 104 } as const
const Get = { pid: 11, value: 12, all: 13, growing: 14, zero: 15 } as const
const Put = { value: 16, all: 17 } as const

function* semtimedop(c: LibcCall, id: number, at: number, count: number, timeout: number): Co<number> {
  if (count > OPERATIONS_MAX) return c.fail(E2BIG)
  if (!readable(c, at, count * SEMBUF) || (timeout !== 0 && !readable(c, timeout, 16))) return c.fail(EFAULT)
  const wait = timeout === 0 ? undefined : readTimespec(c.memory, timeout)
  if (timeout !== 0 && wait === undefined) return c.fail(EINVAL)
  const operations = Array.from({ length: count }, (_, i) => {
    const flags = c.memory.getU16(at + i * SEMBUF + 4)
    const change = (c.memory.getU16(at + i * SEMBUF + 2) << 16) >> 16
    return { number: c.memory.getU16(at + i * SEMBUF), change, nowait: (flags & NOWAIT) !== 0, undo: (flags & UNDO) !== 0 }
  })
  const until = wait === undefined ? undefined : c.kernel.clock(c.cx, 'monotonic') + wait
  return answer(c, yield* c.kernel.semaphoreSets.operate(c.cx, id, operations, until))
}

function semctl(c: LibcCall, id: number, number: number, command: number, argument: number): number {
  const { memory, kernel } = c
  const set = kernel.semaphoreSets.at(c.cx, id)
  if (typeof set === 'number') return c.fail(-set)
  const { values } = set
  const waiting = (zero: boolean) => [...set.waiting].filter((each) => each.number === number && (each.change === 0) === zero).length
  const one = command === Get.pid || command === Get.value || command === Get.growing || command === Get.zero || command === Put.value
  if (one && (number < 0 || number >= values.length)) return c.fail(EINVAL)
  switch (command) {
    case Get.pid:
      return set.pids[number]
    case Get.value:
      return values[number]
    case Get.growing:
      return waiting(false)
    case Get.zero:
      return waiting(true)
    case Get.all:
      if (!writable(c, argument, 2 * values.length)) return c.fail(EFAULT)
      for (const [i, value] of values.entries()) memory.setU16(argument + 2 * i, value)
      return 0
    case Put.value:
    case Put.all: {
      if (command === Put.all && !readable(c, argument, 2 * values.length)) return c.fail(EFAULT)
      const wanted = command === Put.value ? [argument | 0] : Array.from(values, (_, i) => memory.getU16(argument + 2 * i))
      if (wanted.some((value) => value < 0 || value > VALUE_MAX)) return c.fail(ERANGE)
      set.set(wanted, command === Put.value ? number : 0, kernel.getpid(c.cx))
      return 0
    }
  }
  if (command > Command.stat) return c.fail(EINVAL)
  return control(
    c,
    command,
    set,
    { at: argument, size: Ds.size },
    {
      remove: () => kernel.semaphoreSets.remove(c.cx, id),
      put() {
        memory.setU64(argument + Ds.operated, set.operatedAt)
        memory.setU64(argument + Ds.changed, set.changedAt)
        memory.setSize(argument + Ds.count, values.length)
      },
    },
  )
}

export const semaphoreRows: readonly SymbolRow[] = [
  leaf('semget', 'int(int, int, int)', (c, key: number, count: number, flags: number) =>
    answer(c, c.kernel.semaphoreSets.get(c.cx, key, count, flags)),
  ),
  blocking('semop', 'int(int, ptr, size)', (c, id: number, at: number, count: number) => semtimedop(c, id, at, count, 0)),
  blocking('semtimedop', 'int(int, ptr, size, ptr)', semtimedop),
  leaf('semctl', 'int(int, int, int, long)', semctl, 'partial', 'commands of POSIX'),
]
