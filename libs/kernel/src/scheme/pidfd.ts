import { E } from '../abi/error.ts'
import { Poll } from '../abi/flag.ts'
import type { Stat } from '../calls.ts'
import type { ProcessState } from '../context/process.ts'
import { blankStat, Handle } from './handle.ts'

/** A descriptor that stands for a process (pidfd_open(2)): readable once it has ended. */
export class ProcessHandle extends Handle {
  readonly path = 'anon_inode:[pidfd]'
  readonly of: ProcessState

  constructor(of: ProcessState) {
    super()
    this.of = of
    of.handles.add(this)
  }
  override stat(): Stat {
    return blankStat(0o600, 0)
  }
  override read(): number {
    return -E.INVAL
  }
  override write(): number {
    return -E.INVAL
  }
  override ready(): number {
    return this.of.status === undefined ? 0 : Poll.IN
  }
  override close(): void {
    this.of.handles.delete(this)
  }
}
