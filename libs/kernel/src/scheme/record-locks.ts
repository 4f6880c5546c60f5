/** Locks on parts of a file that belong to processes (POSIX fcntl) or descriptions (F_OFD_SETLK of Linux). Ends are exclusive; Infinity is the end of any file. */
export type LockKind = 'read' | 'write'

export interface RecordLock {
  readonly owner: object
  readonly pid: number
  readonly kind: LockKind
  readonly start: number
  readonly end: number
}

export class RecordLocks {
  private locks: RecordLock[] = []

  /** The first lock of somebody else that stands in the way. */
  conflict(owner: object, kind: LockKind, start: number, end: number): RecordLock | undefined {
    return this.locks
      .filter((lock) => lock.owner !== owner && lock.start < end && start < lock.end && (kind === 'write' || lock.kind === 'write'))
      .sort((a, b) => a.start - b.start)[0]
  }

  /** Sets a part of the owner's, or frees it; what lay over it before is cut, and equal neighbours become one. */
  set(owner: object, pid: number, kind: LockKind | undefined, start: number, end: number): void {
    const kept: RecordLock[] = []
    let [from, to] = [start, end]
    for (const lock of this.locks) {
      if (lock.owner !== owner) kept.push(lock)
      else if (lock.kind === kind && lock.start <= end && start <= lock.end) {
        from = Math.min(from, lock.start)
        to = Math.max(to, lock.end)
      } else if (lock.start < end && start < lock.end) {
        if (lock.start < start) kept.push({ ...lock, end: start })
        if (end < lock.end) kept.push({ ...lock, start: end })
      } else kept.push(lock)
    }
    if (kind !== undefined) kept.push({ owner, pid, kind, start: from, end: to })
    this.locks = kept
  }

  /** All of an owner's; true if there were any. */
  release(owner: object): boolean {
    const before = this.locks.length
    this.locks = this.locks.filter((lock) => lock.owner !== owner)
    return this.locks.length < before
  }
}
