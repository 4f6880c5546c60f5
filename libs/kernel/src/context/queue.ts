import type { WaitQueue, Woken } from './coroutine.ts'

/** What can sleep in queues: a context. */
export interface Sleeper {
  wake(answer: Woken): void
}

/** Sleepers in order of arrival. Waking one takes it out of every queue that it sleeps in. */
export class Queue implements WaitQueue {
  readonly name: string
  readonly sleepers: Sleeper[] = []

  constructor(name: string) {
    this.name = name
  }

  /** Wakes up to `count` sleepers, first in first out, and gives how many. */
  wake(count = Number.POSITIVE_INFINITY): number {
    let woken = 0
    while (woken < count && this.sleepers.length > 0) {
      this.sleepers[0].wake('woken')
      woken++
    }
    return woken
  }

  remove(sleeper: Sleeper): void {
    const at = this.sleepers.indexOf(sleeper)
    if (at >= 0) this.sleepers.splice(at, 1)
  }
}
