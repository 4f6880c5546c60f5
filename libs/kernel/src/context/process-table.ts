import { type Cpu, GuestMemory, type SavedState } from '@bootgraph/cpu'
import { E } from '../abi/error.ts'
import { Poll } from '../abi/flag.ts'
import type { Kernel } from '../kernel.ts'
import type { Inode } from '../scheme/inode.ts'
import { FileTable } from './file.ts'
import { AddressSpace } from './memory.ts'
import { ContextState, ProcessState } from './process.ts'
import { SIG } from './signal.ts'

const MAX_PROCESSES = 4096
/** Memories of processes that are gone, kept for new ones, at most; and bytes of one that are worth clearing. */
const KEPT = 3
const WORTHY = 256 * 2 ** 20

interface Retired {
  readonly cpu: Cpu
  readonly memory: GuestMemory
  readonly dirty: readonly { readonly start: number; readonly end: number }[]
}

/** All processes and contexts of the node: how they come to be and how they end. */
export class ProcessTable {
  readonly processes = new Map<number, ProcessState>()
  readonly contexts = new Map<number, ContextState>()
  private readonly kernel: Kernel
  private nextId = 1
  private blank: SavedState | undefined
  /** The host reserves 4 GiB for each memory, and collects its garbage for it: a process takes over what another has left. */
  private readonly retired: Retired[] = []

  constructor(kernel: Kernel) {
    this.kernel = kernel
  }

  /** A new process without contexts, or -errno (EAGAIN: too many). */
  newProcess(root: Inode, cwd: Inode): ProcessState | number {
    if (this.processes.size >= MAX_PROCESSES) return -E.AGAIN
    const pid = this.nextId++
    const made = this.newSpace(pid)
    if (made === undefined) return -E.AGAIN
    const { cpu, space } = made
    const { kernel } = this
    const files = new FileTable(kernel.budget, (description) => kernel.closed(description))
    const process = new ProcessState(pid, cpu, space, files, root, cwd)
    this.processes.set(pid, process)
    return process
  }

  /** An empty address space and an engine over it; undefined if the host has no address space left to back it. */
  newSpace(pid: number): { cpu: Cpu; space: AddressSpace } | undefined {
    let memory: GuestMemory
    try {
      memory = this.left() ?? new GuestMemory()
    } catch (error) {
      if (error instanceof RangeError) return undefined
      throw error
    }
    const space = new AddressSpace(memory, this.kernel.budget)
    const cpu = this.kernel.options.makeCpu(memory, { hosted: (id) => this.kernel.scheduler.hosted(pid, id) })
    this.blank ??= cpu.save()
    space.codeChanged = (address, length) => cpu.codeChanged(address, length)
    return { cpu, space }
  }

  /** A space and its engine are not used any more, though the engine may be under way. */
  retire(cpu: Cpu, space: AddressSpace): void {
    cpu.flushCache()
    this.kernel.options.cpuRetired?.(cpu)
    const { memory } = space
    const dirty = space.release()
    const size = dirty.reduce((sum, { start, end }) => sum + end - start, 0)
    if (this.retired.length < KEPT && size <= WORTHY) this.retired.push({ cpu, memory, dirty })
  }
  /** The memory of a process that is gone, blank. */
  private left(): GuestMemory | undefined {
    const at = this.retired.findIndex(({ cpu }) => cpu.end())
    if (at < 0) return undefined
    const [{ memory, dirty }] = this.retired.splice(at, 1)
    for (const { start, end } of dirty) memory.clear(start, end - start)
    memory.reset()
    return memory
  }

  /** Registers of a context that has done nothing yet, for the engine of any process. */
  get blankRegisters(): SavedState {
    if (this.blank === undefined) throw new Error('no engine was made yet')
    return this.blank
  }

  newContext(process: ProcessState): ContextState {
    const tid = process.contexts.length === 0 ? process.pid : this.nextId++
    const cx = new ContextState(tid, process, process.cpu.save(), (woken) => this.kernel.scheduler.ready.push(woken))
    process.contexts.push(cx)
    this.contexts.set(tid, cx)
    this.kernel.scheduler.ready.push(cx)
    return cx
  }

  context(tid: number): ContextState | undefined {
    return this.contexts.get(tid)
  }

  /** A context takes the number of its process, as on Linux exec makes it the first; gives what undoes that. */
  lead(cx: ContextState): () => void {
    const { tid, process } = cx
    const first = this.contexts.get(process.pid)
    const give = (number: number, to: ContextState | undefined) => {
      if (to === undefined) this.contexts.delete(number)
      else {
        to.tid = number
        this.contexts.set(number, to)
      }
    }
    if (first === cx) return () => {}
    give(process.pid, cx)
    give(tid, first)
    return () => {
      give(process.pid, first)
      give(tid, cx)
    }
  }

  endContext(cx: ContextState): void {
    // One that was held by exec belongs to another image.
    if (!cx.held) cx.process.personality?.contextEnded?.(cx)
    cx.end()
    this.contexts.delete(cx.tid)
    const { contexts } = cx.process
    contexts.splice(contexts.indexOf(cx), 1)
    if (cx.process.loaded === cx) cx.process.loaded = undefined
  }

  /** Ends a process with a wait status: its contexts, descriptors and memory go, its children become pid 1's, its parent hears. */
  endProcess(process: ProcessState, status: number): void {
    if (process.status !== undefined) return
    process.status = status
    for (const cx of [...process.contexts]) this.endContext(cx)
    for (const inode of process.locked) if (inode.records?.release(process)) inode.unlocked.wake()
    for (const timer of process.timers) this.kernel.time.drop(timer)
    for (const handle of process.handles) handle.tell(Poll.IN)
    process.files.closeAll()
    if (process.sid === process.pid && process.terminal) process.terminal.release([SIG.HUP], 'foreground')
    this.retire(process.cpu, process.space)
    for (const { cpu, space } of process.formers) this.retire(cpu, space)
    const heir = this.processes.get(1)
    for (const child of process.children) {
      child.parent = heir === process ? undefined : heir
      if (child.parent) child.parent.children.push(child)
    }
    process.children.length = 0
    if (process.parent === undefined || process.parent.status !== undefined) {
      this.processes.delete(process.pid)
      return
    }
    const childAction = process.parent.actions.get(SIG.CHLD)
    if (childAction?.handler === 1 || (childAction && childAction.flags & 2)) this.reap(process)
    const code = status & 0x7f ? 2 : 1
    const told = status & 0x7f ? status & 0x7f : status >> 8
    this.kernel.signals.send(process.parent, undefined, { signal: SIG.CHLD, code, pid: process.pid, status: told, address: 0 })
    process.parent.childChanged.wake()
  }

  reap(process: ProcessState): void {
    this.processes.delete(process.pid)
    const siblings = process.parent?.children
    siblings?.splice(siblings.indexOf(process), 1)
  }
}
