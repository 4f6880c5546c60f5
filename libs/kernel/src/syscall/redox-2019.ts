/** Raw calls that later kernels left to the C library: the heap, signals, fexec, clone, ids (redox_syscall 6ba71e7 src/call.rs). */
import { Gpr, Perm } from '@bootgraph/cpu'
import { E } from '../abi/error.ts'
import { SA } from '../abi/flag.ts'
import type { Co } from '../context/coroutine.ts'
import { HEAP_BASE } from '../context/process.ts'
import { buffer, type Decoded, getTime } from './usercopy.ts'

/** What a number does: gives the value of rax, -errno on failure; undefined if the registers are set already. */
export type Body = (call: Decoded) => Co<number> | number | undefined

const SIGACTION_SIZE = 32
const MASK_SIZE = 16
const STATVFS_SIZE = 32
const TIMESPEC_SIZE = 16
/** Bytes that the arguments and variables of fexec may have together. */
const ARGUMENTS_MAX = 4095
const PAGE = 4096
const pages = (address: number) => Math.ceil(address / PAGE) * PAGE

function brk({ cx, args }: Decoded): number {
  const { process } = cx
  const [wanted] = args
  if (wanted === 0) return process.heapEnd
  if (wanted < HEAP_BASE) return -E.NOMEM
  const [from, to] = [pages(process.heapEnd), pages(wanted)]
  if (to > from) {
    const mapped = process.space.map(from, to - from, Perm.read | Perm.write, { fixed: 'noreplace', name: '[heap]' })
    if (mapped < 0) return -E.NOMEM
  } else if (to < from) process.space.unmap(to, from - to)
  process.heapEnd = wanted
  return wanted
}

/** SigAction is {handler u64, mask [u64; 2], flags u64}; the restorer is an argument of its own. */
function sigaction(call: Decoded): number {
  const { kernel, cx, args } = call
  const [signal, at, oldAt, restorer] = args
  const { memory } = cx.process.space
  if (at !== 0 && !buffer(call, at, SIGACTION_SIZE, Perm.read)) return -E.FAULT
  if (oldAt !== 0 && !buffer(call, oldAt, SIGACTION_SIZE, Perm.write)) return -E.FAULT
  const flags = at === 0 ? 0 : memory.getU32(at + 24)
  const action =
    at === 0
      ? undefined
      : { handler: memory.getSize(at), mask: memory.getU64(at + 8), flags: (flags | (restorer === 0 ? 0 : SA.RESTORER)) >>> 0, restorer }
  const old = kernel.calls.sigaction(cx, signal, action)
  if (typeof old === 'number') return old
  if (oldAt !== 0) {
    memory.setSize(oldAt, old.handler)
    memory.setU64(oldAt + 8, old.mask)
    memory.setU64(oldAt + 16, 0n)
    memory.setSize(oldAt + 24, (old.flags & ~SA.RESTORER) >>> 0)
  }
  return 0
}

function sigprocmask(call: Decoded): number {
  const { kernel, cx, args } = call
  const [how, at, oldAt] = args
  const { memory } = cx.process.space
  if (at !== 0 && !buffer(call, at, MASK_SIZE, Perm.read)) return -E.FAULT
  if (oldAt !== 0 && !buffer(call, oldAt, MASK_SIZE, Perm.write)) return -E.FAULT
  const old = kernel.calls.sigprocmask(cx, how, at === 0 ? undefined : memory.getU64(at))
  if (typeof old === 'number') return old
  if (oldAt !== 0) {
    memory.setU64(oldAt, old)
    memory.setU64(oldAt + 8, 0n)
  }
  return 0
}

/** An array of {pointer, length}: the strings, or -errno. */
function strings(call: Decoded, at: number, count: number): Uint8Array[] | number {
  if (count < 0 || count > ARGUMENTS_MAX) return -E.BIG
  if (!buffer(call, at, count * 16, Perm.read)) return -E.FAULT
  const { memory } = call.cx.process.space
  const list: Uint8Array[] = []
  let total = 0
  for (let i = 0; i < count; i++) {
    const length = memory.getSize(at + i * 16 + 8)
    total += length
    if (total > ARGUMENTS_MAX) return -E.BIG
    const bytes = buffer(call, memory.getSize(at + i * 16), length, Perm.read)
    if (bytes === undefined) return -E.FAULT
    list.push(bytes.slice())
  }
  return list
}

function fexec(call: Decoded): Co<number> | number {
  const { kernel, cx, args } = call
  const path = kernel.calls.fpath(cx, args[0])
  if (typeof path === 'number') return path
  const argv = strings(call, args[1], args[2])
  if (typeof argv === 'number') return argv
  const envp = strings(call, args[3], args[4])
  if (typeof envp === 'number') return envp
  const size = [...argv, ...envp].reduce((sum, { length }) => sum + length, 0)
  return size > ARGUMENTS_MAX ? -E.BIG : kernel.calls.exec(cx, path, argv, envp)
}

/** StatVfs is {bsize u32, pad, blocks u64, bfree u64, bavail u64}. */
function fstatvfs(call: Decoded): number {
  const { kernel, cx, args } = call
  const got = kernel.calls.fstatvfs(cx, args[0])
  if (typeof got === 'number') return got
  const [, at, length] = args
  if (length < STATVFS_SIZE) return -E.INVAL
  if (!buffer(call, at, STATVFS_SIZE, Perm.write)) return -E.FAULT
  const { memory } = cx.process.space
  for (const [index, value] of [got.bsize, got.blocks, got.bfree, got.bavail].entries()) memory.setSize(at + index * 8, value)
  return 0
}

/** Two TimeSpecs: access, then modification. */
function futimens(call: Decoded): number {
  const { kernel, cx, args } = call
  const [fd, at, length] = args
  if (length < 2 * TIMESPEC_SIZE) return -E.INVAL
  const [access, modification] = [getTime(call, at), getTime(call, at + TIMESPEC_SIZE)]
  if (access === undefined || modification === undefined) return -E.FAULT
  return kernel.calls.futimens(cx, fd, access, modification)
}

/** setreuid and setregid: an argument of all ones leaves an id; only the superuser may take an id that is not its own. */
function setIds({ kernel, cx, args }: Decoded, real: 'uid' | 'gid', effective: 'euid' | 'egid'): number {
  const ids = kernel.calls.ids(cx)
  const [wantedReal, wantedEffective] = args.map((value) => value | 0)
  const mayTake = (id: number) => id === -1 || ids.euid === 0 || id === ids[real] || id === ids[effective]
  if (!mayTake(wantedReal) || !mayTake(wantedEffective)) return -E.PERM
  if (wantedReal !== -1) ids[real] = wantedReal >>> 0
  if (wantedEffective !== -1) ids[effective] = wantedEffective >>> 0
  return 0
}

/** CLONE_VM, FS, FILES, SIGHAND and STACK: a thread that goes on behind the call with its own stack. */
const THREAD = 0x1000_0f00
const CLONE_THREAD = 0x1_0000

function clone({ kernel, cx, args }: Decoded): Co<number> | number {
  const [flags, stack] = args
  if (flags === 0) return kernel.calls.fork(cx)
  if ((flags & ~CLONE_THREAD) !== THREAD) {
    kernel.gap(cx.process, 'behaviour unsupported', 'clone', `flags 0x${flags.toString(16)} are answered with EINVAL`)
    return -E.INVAL
  }
  const { cpu } = cx.process
  const { state } = cpu
  if (state.fsBase !== 0n)
    kernel.gap(cx.process, 'behaviour unsupported', 'clone TLS', 'the new context shares the thread block of its maker')
  const back = cpu.save()
  state.set(Gpr.rsp, BigInt.asUintN(64, BigInt(stack)))
  state.setNumber(Gpr.rax, 0)
  const made = kernel.table.newContext(cx.process)
  made.mask = cx.mask
  made.threadPointer = cx.threadPointer
  cpu.restore(back)
  return made.tid
}

export const LEGACY: { readonly [name: string]: Body } = {
  BRK: brk,
  SIGACTION: sigaction,
  SIGPROCMASK: sigprocmask,
  SIGRETURN({ kernel, cx }) {
    kernel.signals.sigreturn(cx)
    return undefined
  },
  FEXEC: fexec,
  CLONE: clone,
  FSTATVFS: fstatvfs,
  FUTIMENS: futimens,
  SETREUID: (call) => setIds(call, 'uid', 'euid'),
  SETREGID: (call) => setIds(call, 'gid', 'egid'),
  // A thread was a context with a pid of its own; the model ends all of them with the first.
  GETPID: ({ kernel, cx }) => kernel.calls.gettid(cx),
  EXIT: ({ kernel, cx, args }) => (cx.tid === cx.process.pid ? kernel.calls.exit(cx, args[0]) : kernel.calls.exitThread(cx)),
}
