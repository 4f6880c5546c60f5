/**
 * Robust mutexes: what a thread holds hangs in a list of its own, through the mutexes, so that its end can tell the next owner (POSIX
 * pthread_mutexattr_setrobust). Their place is that of glibc's __list; ABIs whose mutexes have none know no robust ones.
 */
import type { Context } from '@bootgraph/kernel'
import { tidOf } from '../../platform/platform.ts'
import { Thread } from '../../platform/thread-block.ts'
import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { OWNER_DIED, ownerOf, WAITERS } from './lock-word.ts'

/** Bit of the kind word, as glibc has it. */
const ROBUST = 16
/** Mutexes that are looked at in one thread's list, at most: the program can make it a circle (Linux futex.h, ROBUST_LIST_LIMIT). */
const LIMIT = 2048
const STATE = 20
const NEXT = 24
/** Of the state behind the mutex: consistent, to be made consistent by its owner, lost for good. */
const State = { consistent: 0, inherited: 1, lost: 2 } as const
const SIZE = 40
const ALL = 0x7fff_ffff

export const EOWNERDEAD = 130
const ENOTRECOVERABLE = 131

export const isRobust = (c: LibcCall, mutex: number): boolean =>
  c.abi.pthread.mutex >= SIZE && (c.memory.getU32(mutex + c.abi.pthread.mutexKind) & ROBUST) !== 0

export function makeRobust(c: LibcCall, mutex: number): void {
  const at = mutex + c.abi.pthread.mutexKind
  c.memory.setU32(at, c.memory.getU32(at) | ROBUST)
}

/** What stands against taking it: 0, or ENOTRECOVERABLE. */
export const refusal = (c: LibcCall, mutex: number): number => (c.memory.getU32(mutex + STATE) === State.lost ? ENOTRECOVERABLE : 0)

/** The calling thread has taken the mutex, whose word was `before`. Gives 0 or EOWNERDEAD. */
export function taken(c: LibcCall, mutex: number, before: number): number {
  const head = c.cx.threadPointer + Thread.robust
  c.memory.setSize(mutex + NEXT, c.memory.getSize(head))
  c.memory.setSize(head, mutex)
  if ((before & OWNER_DIED) === 0) return 0
  c.memory.setU32(mutex + STATE, State.inherited)
  return EOWNERDEAD
}

/** It gives the mutex back; one that was not made consistent is lost. */
export function given(c: LibcCall, mutex: number): void {
  let link = c.cx.threadPointer + Thread.robust
  for (let i = 0; i < LIMIT; i++) {
    const at = c.memory.getSize(link)
    if (!readable(c, at, SIZE)) break
    if (at === mutex) {
      c.memory.setSize(link, c.memory.getSize(at + NEXT))
      break
    }
    link = at + NEXT
  }
  if (c.memory.getU32(mutex + STATE) === State.inherited) c.memory.setU32(mutex + STATE, State.lost)
}

/** pthread_mutex_consistent; false if the mutex was not inherited. */
export function makeConsistent(c: LibcCall, mutex: number): boolean {
  if (!isRobust(c, mutex) || c.memory.getU32(mutex + STATE) !== State.inherited) return false
  c.memory.setU32(mutex + STATE, State.consistent)
  return true
}

/** A thread ends: whoever waits for what it holds is told. What is in its list and not its own is left alone. */
export function abandonMutexes(c: LibcCall, cx: Context): void {
  const head = cx.threadPointer + Thread.robust
  if (!writable(c, head, 8)) return
  let at = c.memory.getSize(head)
  c.memory.setSize(head, 0)
  for (let i = 0; i < LIMIT && writable(c, at, SIZE); i++) {
    const word = c.memory.getU32(at)
    if (ownerOf(word) === tidOf(c, cx)) {
      c.memory.setU32(at, ((word & WAITERS) | OWNER_DIED) >>> 0)
      c.kernel.futexWake(cx, at, ALL)
    }
    at = c.memory.getSize(at + NEXT)
  }
}
