import { Gpr } from '@bootgraph/cpu'
import { E } from '../abi/error.ts'
import { AT_FDCWD, O, Wait } from '../abi/flag.ts'
import type { KernelCalls, SpawnRequest } from '../calls.ts'
import type { Context } from '../context/context.ts'
import type { Co } from '../context/coroutine.ts'
import { Gate, mapGates } from '../context/gate.ts'
import { Resource } from '../context/limits.ts'
import { ALL_CAPABILITIES, type ContextState, HEAP_BASE, type ProcessState } from '../context/process.ts'
import { Queue } from '../context/queue.ts'
import { maskable, SIG } from '../context/signal.ts'
import { FUEL_NS } from '../context/timeout.ts'
import type { Kernel } from '../kernel.ts'
import { process } from './fs.ts'
import { limitWork } from './limit.ts'

type Calls = Pick<
  KernelCalls,
  | 'fork'
  | 'spawn'
  | 'exec'
  | 'exit'
  | 'exitThread'
  | 'clone'
  | 'waitpid'
  | 'childFuel'
  | 'getpid'
  | 'getppid'
  | 'gettid'
  | 'getpgid'
  | 'setpgid'
  | 'getsid'
  | 'setsid'
  | 'nice'
  | 'setNice'
>

/** Fuel that a new process costs, or the attempt: the host's work for it, so that a fork bomb meets its budget and its turn's end. */
const PROCESS_FUEL = 1000

/** Processes and contexts: their birth, their end, who waits for whom. */
export function processCalls(kernel: Kernel): Calls {
  /** A child with the parent's descriptors, names, actions and ids; no memory yet. */
  function child(parent: ProcessState): ProcessState | number {
    parent.cpu.charge(PROCESS_FUEL)
    const made = kernel.table.newProcess(parent.root, parent.cwd)
    if (typeof made === 'number') return made
    const files = parent.files.copy()
    if (files === undefined) {
      discard(made)
      return -E.NOMEM
    }
    made.files = files
    made.parent = parent
    made.pgid = parent.pgid
    made.sid = parent.sid
    made.terminal = parent.terminal
    made.umask = parent.umask
    made.nice = parent.nice
    made.actions = new Map(parent.actions)
    made.exe = parent.exe
    made.argv = parent.argv
    made.capabilities = parent.capabilities
    made.limits = parent.limits
    limitWork(kernel, made, made.limits[Resource.cpu])
    Object.assign(made.ids, parent.ids, { groups: [...parent.ids.groups] })
    parent.children.push(made)
    return made
  }
  /** The processes that PRIO_PROCESS, PRIO_PGRP or PRIO_USER mean with an id; 0 is the caller's own. */
  function ranked(cx: Context, kind: number, id: number): ProcessState[] | number {
    const own = process(cx)
    const all = [...kernel.table.processes.values()]
    const found = [
      () => all.filter(({ pid }) => pid === (id || own.pid)),
      () => all.filter(({ pgid }) => pgid === (id || own.pgid)),
      () => all.filter(({ ids }) => ids.uid === (id || own.ids.uid)),
    ][kind]?.()
    return found === undefined ? -E.INVAL : found.length === 0 ? -E.SRCH : found
  }
  function discard(made: ProcessState): void {
    made.files.closeAll()
    kernel.table.retire(made.cpu, made.space)
    kernel.table.reap(made)
  }

  /** The common end of exec, spawn and the first start: a new image in place of the old one. On failure the old one stays. */
  function* replace(cx: ContextState, path: string, argv: readonly Uint8Array[], envp: readonly Uint8Array[]): Co<number> {
    const own = cx.process
    const { cpu, space, personality } = own
    const others = own.contexts.filter((each) => each !== cx && !each.held)
    const old = { cpu, space, personality, others }
    const saved = cpu.save()
    // A process that was only just made has nothing yet that it would have to come back to.
    const first = own.space.grants.length === 0
    const fresh = first ? old : kernel.table.newSpace(own.pid)
    if (fresh === undefined) return -E.NOMEM
    mapGates(fresh.space)
    fresh.cpu.reset()
    if (!first) own.formers.push(old)
    for (const each of others) each.held = true
    const follow = kernel.table.lead(cx)
    Object.assign(own, { cpu: fresh.cpu, space: fresh.space, personality: undefined })
    const loaded = yield* kernel.ports.load(cx, path, argv, envp)
    if (typeof loaded === 'number') {
      if (!first) {
        own.formers.pop()
        kernel.table.retire(own.cpu, own.space)
      }
      Object.assign(own, { cpu, space, personality })
      cpu.restore(saved)
      follow()
      for (const each of others) {
        each.held = false
        kernel.scheduler.enqueue(each)
      }
      return loaded
    }
    leave(own)
    own.files.closeOnExec()
    for (const [signal, { handler }] of own.actions) if (handler > 1) own.actions.delete(signal)
    cx.delivered.length = 0
    cx.altStack = { sp: 0, size: 0, flags: 2 }
    own.heapEnd = HEAP_BASE
    own.exe = absolute(cx, loaded.path)
    own.argv = loaded.argv
    if (own.ids.euid === 0) own.capabilities = { ...ALL_CAPABILITIES, inheritable: own.capabilities.inheritable }
    return 0
  }
  /** Nothing comes back to what a process was before exec: its other contexts end there, and its memory is free. */
  function leave(own: ProcessState): void {
    const { cpu, space, personality } = own
    for (const former of own.formers.splice(0)) {
      Object.assign(own, { cpu: former.cpu, space: former.space, personality: former.personality })
      for (const each of former.others) {
        each.held = false
        kernel.table.endContext(each)
      }
      former.space.publish()
      kernel.table.retire(former.cpu, former.space)
    }
    Object.assign(own, { cpu, space, personality })
  }
  function* nothing(): Co<void> {}
  /** A coroutine cannot be copied: in a forked child this stands for one that its caller was called back from. */
  function* lost(cx: ContextState): Co<void> {
    kernel.gap(cx.process, 'behaviour unsupported', 'fork', 'the child returns into a library function that had called it back')
    kernel.table.endProcess(cx.process, SIG.ABRT)
    yield { gone: true }
  }

  /** One step that a spawn request wants in the child before its image is loaded. */
  function* apply(cx: ContextState, action: SpawnRequest['actions'][number]): Co<number> {
    const { calls } = kernel
    const { files } = cx.process
    switch (action.op) {
      case 'dup2':
        if (action.fd !== action.to) return calls.dup2(cx, action.fd, action.to)
        files.setCloexec(action.fd, false)
        return files.get(action.fd) ? 0 : -E.BADF
      case 'close':
        files.close(action.fd)
        return 0
      case 'chdir':
        return calls.chdir(cx, action.path)
      case 'fchdir':
        return calls.fchdir(cx, action.fd)
      case 'open': {
        const fd = yield* calls.openat(cx, AT_FDCWD, action.path, action.flags, action.mode)
        if (fd < 0 || fd === action.fd) return fd
        const moved = calls.dup2(cx, fd, action.fd, (action.flags & O.CLOEXEC) !== 0)
        files.close(fd)
        return moved
      }
    }
  }
  const absolute = (cx: Context, path: string): string => {
    const real = kernel.calls.realpath(cx, path)
    return typeof real === 'string' ? real : path
  }

  function* exec(cx: Context, path: string, argv: readonly Uint8Array[], envp: readonly Uint8Array[]): Co<number> {
    const failed = yield* replace(cx as ContextState, path, argv, envp)
    if (failed < 0) return failed
    yield { gone: true }
    return 0
  }

  return {
    *fork(cx) {
      const own = cx as ContextState
      const parent = own.process
      const made = child(parent)
      if (typeof made === 'number') return made
      if (!parent.space.copyTo(made.space)) {
        discard(made)
        return -E.NOMEM
      }
      made.heapEnd = parent.heapEnd
      made.cpu.restore(parent.cpu.save())
      const twin = kernel.table.newContext(made)
      twin.mask = own.mask
      twin.altStack = { ...own.altStack }
      twin.threadPointer = own.threadPointer
      twin.name = own.name
      for (const each of own.delivered) twin.delivered.push(each)
      made.cpu.state.setNumber(Gpr.rax, 0)
      const calling = own.frames.at(-1)
      for (const frame of own.frames) if (frame !== calling) twin.frames.push({ ...frame, co: lost(twin) })
      twin.saved = made.cpu.save()
      made.personality = parent.personality?.fork(made)
      kernel.begin(twin, made.personality?.forked?.(twin) ?? nothing(), () => calling?.gate && kernel.leaveGate(twin), calling?.gate)
      return made.pid
    },
    *spawn(cx, request) {
      const { path, argv, envp, actions } = request
      const parent = process(cx)
      const made = child(parent)
      if (typeof made === 'number') return made
      const twin = kernel.table.newContext(made)
      twin.mask = maskable(request.sigmask ?? (cx as ContextState).mask)
      for (let signal = 1; signal <= 64; signal++) if (((request.sigdefault ?? 0n) >> BigInt(signal - 1)) & 1n) made.actions.delete(signal)
      if (request.setsid) kernel.calls.setsid(twin)
      if (request.pgroup !== undefined) kernel.calls.setpgid(twin, 0, request.pgroup)
      const told = new Queue('spawn')
      const result = { settled: false, value: 0 }
      kernel.begin(
        twin,
        (function* (): Co<void> {
          let value = 0
          for (const action of actions) {
            value = yield* apply(twin, action)
            if (value < 0) break
          }
          if (value >= 0) value = yield* replace(twin, path, argv, envp)
          result.value = value
          result.settled = true
          told.wake()
          if (value < 0) {
            kernel.table.endContext(twin)
            discard(made)
          }
          yield { gone: true }
        })(),
        () => {},
      )
      while (!result.settled && made.status === undefined) yield { wait: [told, parent.childChanged], interruptible: false }
      return result.value < 0 ? result.value : made.pid
    },
    exec,
    *exit(cx, status) {
      kernel.table.endProcess(process(cx), (status & 0xff) << 8)
      yield { gone: true }
      throw new Error('an ended process was resumed')
    },
    *exitThread(cx) {
      const own = cx as ContextState
      if (own.process.contexts.length === 1) kernel.table.endProcess(own.process, 0)
      else kernel.table.endContext(own)
      yield { gone: true }
      throw new Error('an ended context was resumed')
    },
    clone(cx, entry, argument, stackTop, threadPointer) {
      const own = process(cx)
      if (own.contexts.length >= 16_384) return -E.AGAIN
      const { memory } = own.space
      const rsp = Math.floor(stackTop / 16) * 16 - 8
      if (rsp < 0 || !memory.accessible(rsp, 8, 2)) return -E.FAULT
      const { cpu } = own
      const back = cpu.save()
      // Not reset: this may be inside of a gate, with fuel left that must stay.
      cpu.restore(kernel.table.blankRegisters)
      memory.setSize(rsp, Gate.threadEnd)
      cpu.state.setNumber(Gpr.rsp, rsp)
      cpu.state.setNumber(Gpr.rdi, argument)
      cpu.state.rip = BigInt(entry)
      cpu.state.fsBase = BigInt(threadPointer)
      const made = kernel.table.newContext(own)
      made.threadPointer = threadPointer
      made.mask = (cx as ContextState).mask
      cpu.restore(back)
      return made.tid
    },
    *waitpid(cx, pid, options, exited = true) {
      const own = process(cx)
      if (options & ~(Wait.NOHANG | Wait.UNTRACED | Wait.CONTINUED | Wait.NOWAIT)) return -E.INVAL
      for (;;) {
        const mine = own.children.filter((each) =>
          pid > 0 ? each.pid === pid : pid === -1 ? true : each.pgid === (pid === 0 ? own.pgid : -pid),
        )
        if (mine.length === 0) return -E.CHILD
        for (const each of mine) {
          if (each.status !== undefined) {
            if (!exited) continue
            if (!(options & Wait.NOWAIT)) {
              kernel.table.reap(each)
              own.childFuel += each.fuel + each.childFuel
            }
            return { pid: each.pid, status: each.status, rusage: { userNs: BigInt(each.fuel) * FUEL_NS } }
          }
          const { report } = each
          if (report === undefined || !(options & (report === 0xffff ? Wait.CONTINUED : Wait.UNTRACED))) continue
          if (!(options & Wait.NOWAIT)) each.report = undefined
          return { pid: each.pid, status: report }
        }
        if (options & Wait.NOHANG) return { pid: 0, status: 0 }
        if ((yield { wait: [own.childChanged] }) === 'signal' && !(yield { handlers: true })) return -E.INTR
      }
    },
    childFuel: (cx) => process(cx).childFuel,
    getpid: (cx) => cx.process.pid,
    getppid: (cx) => process(cx).parent?.pid ?? 0,
    gettid: (cx) => cx.tid,
    getpgid: (cx, pid) => (pid === 0 ? process(cx) : kernel.table.processes.get(pid))?.pgid ?? -E.SRCH,
    setpgid(cx, pid, pgid) {
      if (pgid < 0) return -E.INVAL
      const target = pid === 0 ? process(cx) : kernel.table.processes.get(pid)
      if (target === undefined || (target !== process(cx) && target.parent !== process(cx))) return -E.SRCH
      if (target.sid === target.pid || target.sid !== process(cx).sid) return -E.PERM
      const wanted = pgid === 0 ? target.pid : pgid
      const known = [...kernel.table.processes.values()].some((other) => other.pgid === wanted && other.sid === target.sid)
      if (wanted !== target.pid && !known) return -E.PERM
      target.pgid = wanted
      return 0
    },
    getsid: (cx, pid) => (pid === 0 ? process(cx) : kernel.table.processes.get(pid))?.sid ?? -E.SRCH,
    setsid(cx) {
      const own = process(cx)
      if ([...kernel.table.processes.values()].some((other) => other.pgid === own.pid)) return -E.PERM
      own.pgid = own.sid = own.pid
      own.terminal = undefined
      return own.pid
    },
    nice: (cx, kind, id) => {
      const found = ranked(cx, kind, id)
      return typeof found === 'number' ? { error: found } : { nice: Math.min(...found.map(({ nice }) => nice)) }
    },
    setNice(cx, kind, id, value) {
      const found = ranked(cx, kind, id)
      if (typeof found === 'number') return found
      const nice = Math.max(-20, Math.min(19, value))
      if (process(cx).ids.euid !== 0 && found.some((each) => nice < each.nice)) return -E.ACCES
      for (const each of found) each.nice = nice
      return 0
    },
  }
}
