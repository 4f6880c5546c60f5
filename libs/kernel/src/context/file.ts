import { E } from '../abi/error.ts'
import { O } from '../abi/flag.ts'
import type { Handle } from '../scheme/handle.ts'
import { Cost, type MemoryBudget } from './memory-budget.ts'

/** Descriptors that one process may hold (kernel src/context/context.rs CONTEXT_MAX_FILES). */
export const MAX_FILES = 65_536

/** An open file description: shared by every descriptor that was duplicated from one open. */
export class Description {
  readonly handle: Handle
  /** O_* as opened, the settable ones as last set. */
  flags: number
  offset = 0
  references = 0

  constructor(handle: Handle, flags: number) {
    this.handle = handle
    this.flags = flags
  }
  get readable(): boolean {
    return (this.flags & O.RDONLY) !== 0
  }
  get writable(): boolean {
    return (this.flags & O.WRONLY) !== 0
  }
  get nonblocking(): boolean {
    return (this.flags & O.NONBLOCK) !== 0
  }
}

interface Slot {
  readonly description: Description
  cloexec: boolean
}

/** Descriptor numbers of one process; the lowest free number is taken, as POSIX wants. */
export class FileTable {
  private readonly slots: (Slot | undefined)[] = []
  /** No free slot lies below. */
  private lowest = 0
  /** Numbers from here on are not to be had: RLIMIT_NOFILE. */
  limit = MAX_FILES
  private readonly budget: MemoryBudget
  private readonly closed: (description: Description) => void

  /** `closed` is told of a description whose last descriptor went away. */
  constructor(budget: MemoryBudget, closed: (description: Description) => void) {
    this.budget = budget
    this.closed = closed
  }

  get(fd: number): Description | undefined {
    return this.slots[fd]?.description
  }

  /** Puts a description on the lowest free number not below `atLeast`. -EMFILE, -ENOMEM, or -EINVAL for a bad `atLeast`. */
  add(description: Description, cloexec = false, atLeast = 0): number {
    if (atLeast < 0 || atLeast >= this.limit) return -E.INVAL
    let fd = Math.max(atLeast, this.lowest)
    while (this.slots[fd] !== undefined) fd++
    if (fd >= this.limit) return -E.MFILE
    if (!this.budget.take(Cost.descriptor)) return -E.NOMEM
    if (atLeast <= this.lowest) this.lowest = fd + 1
    this.place(fd, description, cloexec)
    return fd
  }

  /** Puts a description on exactly `fd`, closing what was there. -EBADF or -ENOMEM. */
  set(fd: number, description: Description, cloexec = false): number {
    if (!Number.isInteger(fd) || fd < 0 || fd >= this.limit) return -E.BADF
    description.references++
    this.close(fd)
    description.references--
    if (!this.budget.take(Cost.descriptor)) return -E.NOMEM
    this.place(fd, description, cloexec)
    return fd
  }

  close(fd: number): number {
    const slot = this.slots[fd]
    if (slot === undefined) return -E.BADF
    this.slots[fd] = undefined
    this.budget.take(-Cost.descriptor)
    if (fd < this.lowest) this.lowest = fd
    if (--slot.description.references === 0) this.closed(slot.description)
    return 0
  }

  cloexec(fd: number): boolean {
    return this.slots[fd]?.cloexec ?? false
  }

  setCloexec(fd: number, cloexec: boolean): void {
    const slot = this.slots[fd]
    if (slot !== undefined) slot.cloexec = cloexec
  }

  /** Open numbers, ascending. */
  *numbers(): Generator<number> {
    for (let fd = 0; fd < this.slots.length; fd++) if (this.slots[fd] !== undefined) yield fd
  }

  /** A table of its own with the same descriptions; undefined if there is no memory for it. */
  copy(): FileTable | undefined {
    const numbers = [...this.numbers()]
    if (!this.budget.take(numbers.length * Cost.descriptor)) return undefined
    const copy = new FileTable(this.budget, this.closed)
    for (const fd of numbers) copy.place(fd, this.slots[fd]!.description, this.slots[fd]!.cloexec)
    copy.lowest = this.lowest
    copy.limit = this.limit
    return copy
  }

  closeOnExec(): void {
    for (const fd of [...this.numbers()]) if (this.cloexec(fd)) this.close(fd)
  }

  closeAll(): void {
    for (const fd of [...this.numbers()]) this.close(fd)
  }

  private place(fd: number, description: Description, cloexec: boolean): void {
    while (this.slots.length < fd) this.slots.push(undefined)
    this.slots[fd] = { description, cloexec }
    description.references++
  }
}
