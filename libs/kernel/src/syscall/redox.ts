import { Gpr, Perm } from '@bootgraph/cpu'
import { E } from '../abi/error.ts'
import { AT_FDCWD, Poll } from '../abi/flag.ts'
import type { Co } from '../context/coroutine.ts'
import { Description } from '../context/file.ts'
import type { ContextState } from '../context/process.ts'
import type { Kernel } from '../kernel.ts'
import { ProcHandle } from '../scheme/proc.ts'
import { rawArguments, resultText } from './debug.ts'
import { type Body, LEGACY } from './redox-2019.ts'
import { type Era, isEarly, type SyscallRow, syscallTable } from './table.ts'
import { buffer, copyOut, type Decoded, getTime, putStat, putTime, signed, unsupported, utf8, withBuffer, withPath } from './usercopy.ts'

const tables = new Map<Era, ReadonlyMap<number, SyscallRow>>()

/** Redox's PROT bits (exec 1, write 2, read 4 above bit 16) as Perm. */
const permOf = (flags: number) =>
  (flags & 0x4_0000 ? Perm.read : 0) | (flags & 0x2_0000 ? Perm.write | Perm.read : 0) | (flags & 0x1_0000 ? Perm.exec | Perm.read : 0)

function fmap(call: Decoded): number {
  const { kernel, cx, args, era } = call
  const [fd, at, length] = args
  const size = era === '2019-11' ? 24 : 32
  if (length < size) return -E.INVAL
  if (!buffer(call, at, size, Perm.read)) return -E.FAULT
  const { memory } = cx.process.space
  const flags = memory.getU32(at + 16)
  const address = size === 32 ? memory.getSize(at + 24) : 0
  const fixed = (flags & 0xc) === 0xc ? 'noreplace' : flags & 4 ? 'replace' : undefined
  return kernel.calls.mmap(cx, address, memory.getSize(at + 8), permOf(flags), (flags & 1) !== 0, fixed, fd, memory.getSize(at))
}

function funmap({ kernel, cx, args, era }: Decoded): number {
  // 2019 names only the start of a grant.
  const grant = era === '2019-11' ? cx.process.space.find(args[0]) : undefined
  if (era === '2019-11' && grant?.start !== args[0]) return -E.FAULT
  return kernel.calls.munmap(cx, args[0], grant ? grant.end - grant.start : args[1])
}

function* futex(call: Decoded): Co<number> {
  const { kernel, cx, args, era } = call
  const [address, op, value, timeout] = args
  if (address % 4 !== 0) return -E.INVAL
  if (!buffer(call, address, 4, Perm.read)) return -E.FAULT
  if (op === 1) return kernel.calls.futexWake(cx, address, value)
  if (op !== 0) return unsupported(call, `futex operation ${op}`)
  const time = timeout === 0 ? undefined : getTime(call, timeout)
  if (timeout !== 0 && time === undefined) return -E.FAULT
  // 2019 and 2022 count from now; 2026 names a monotonic instant.
  const until = time === undefined ? undefined : (isEarly(era) ? kernel.time.monotonic : 0n) + time
  const woken = yield* kernel.calls.futexWait(cx, address, value & 0xffff_ffff, until)
  if (woken === 'timeout') return isEarly(era) ? 0 : -E.TIMEDOUT
  return { woken: 0, changed: -E.AGAIN, signal: -E.INTR }[woken]
}

/** SYS_CALL on a process descriptor (redox-rt src/protocol.rs ProcCall). */
function* procCall(call: Decoded): Co<number> {
  const { kernel, cx, args } = call
  const [fd, , , flags, metadata] = args
  const handle = cx.process.files.get(fd)?.handle
  if (handle === undefined) return -E.BADF
  const words = flags & 0xff
  if (!buffer(call, metadata, words * 8, Perm.read)) return -E.FAULT
  if (!(handle instanceof ProcHandle) || words === 0) return unsupported(call, `call on ${handle.path}`)
  const word = (index: number) => (index < words ? signed(cx.process.space.memory.getU64(metadata + index * 8)) : 0)
  switch (word(0)) {
    case 2:
      return yield* kernel.calls.exit(cx, word(1))
    case 5:
      return kernel.calls.setpgid(cx, word(1), word(2))
    case 6:
      return kernel.calls.getsid(cx, word(1))
    case 7:
      return kernel.calls.setsid(cx)
    case 8:
      return kernel.calls.kill(cx, word(1), word(2))
    case 11:
      return kernel.calls.getppid(cx)
  }
  return unsupported(call, `ProcCall ${word(0)}`)
}

/** dup: with a payload the scheme makes a related handle. `at` is the exact slot that 2026 names. */
function dup(call: Decoded, at?: number): number {
  const { kernel, cx, args } = call
  const [fd, address, length] = args
  const { files } = cx.process
  const old = files.get(fd)
  if (old === undefined) return -E.BADF
  if (at !== undefined && files.get(at)) return -E.EXIST
  let description = old
  if (length > 0) {
    const payload = buffer(call, address, length, Perm.read)
    if (payload === undefined) return -E.FAULT
    const derived = old.handle.derive(payload.slice())
    if (typeof derived === 'number') {
      kernel.gap(cx.process, 'scheme operation', `dup ${old.handle.path}`, utf8.decode(payload.slice(0, 64)))
      return derived
    }
    description = new Description(derived, old.flags | 0x3_0000)
  }
  const made = at === undefined ? files.add(description) : files.set(at, description)
  if (made < 0 && description !== old) kernel.close(description.handle)
  return made
}

function* openInto(call: Decoded): Co<number> {
  const { kernel, cx, args } = call
  const [dirfd, path, length, flags, , out] = args
  const { files } = cx.process
  if (files.get(out)) return -E.EXIST
  return yield* withPath(call, path, length, function* (text) {
    const fd = yield* kernel.calls.openat(cx, dirfd, text, flags, flags & 0xffff)
    if (fd < 0 || fd === out) return fd
    const moved = files.set(out, files.get(fd)!)
    files.close(fd)
    return moved
  })
}

/** Bodies by name. A body gets its decoded call and answers as the register should read, -errno on failure. */
const BODIES: { readonly [name: string]: Body } = {
  ...LEGACY,
  OPEN: (c) => withPath(c, c.args[0], c.args[1], (path) => c.kernel.calls.open(c.cx, path, c.args[2], c.args[2] & 0xffff)),
  OPENAT_INTO: openInto,
  CLOSE: ({ kernel, cx, args }) => kernel.calls.close(cx, args[0]),
  DUP: (c) => dup(c),
  DUP_INTO: (c) => dup(c, c.args[3]),
  DUP2: ({ kernel, cx, args }) => kernel.calls.dup2(cx, args[0], args[1]),
  READ: (c) => withBuffer(c, c.args[1], c.args[2], Perm.write, (into) => c.kernel.calls.read(c.cx, c.args[0], into)),
  WRITE: (c) => withBuffer(c, c.args[1], c.args[2], Perm.read, (from) => c.kernel.calls.write(c.cx, c.args[0], from)),
  READ2: (c) => withBuffer(c, c.args[1], c.args[2], Perm.write, (into) => c.kernel.calls.pread(c.cx, c.args[0], into, c.args[3])),
  WRITE2: (c) => withBuffer(c, c.args[1], c.args[2], Perm.read, (from) => c.kernel.calls.pwrite(c.cx, c.args[0], from, c.args[3])),
  LSEEK: ({ kernel, cx, args }) => (args[2] > 2 ? -E.INVAL : kernel.calls.lseek(cx, args[0], args[1], args[2])),
  FCNTL: ({ kernel, cx, args }) => kernel.calls.fcntl(cx, args[0], args[1], args[2]),
  FPATH: (c) => copyOut(c, c.args[1], c.args[2], c.kernel.calls.fpath(c.cx, c.args[0])),
  FSTAT: (c) => putStat(c, c.args[1], c.args[2], c.kernel.calls.fstat(c.cx, c.args[0])),
  FSYNC: ({ kernel, cx, args }) => kernel.calls.fsync(cx, args[0]),
  FTRUNCATE: ({ kernel, cx, args }) => kernel.calls.ftruncate(cx, args[0], args[1]),
  FCHMOD: ({ kernel, cx, args }) => kernel.calls.fchmod(cx, args[0], args[1]),
  FCHOWN: ({ kernel, cx, args }) => kernel.calls.fchown(cx, args[0], args[1], args[2]),
  CHMOD: (c) => withPath(c, c.args[0], c.args[1], (path) => c.kernel.calls.chmod(c.cx, AT_FDCWD, path, c.args[2])),
  UNLINK: (c) => withPath(c, c.args[0], c.args[1], (path) => c.kernel.calls.unlink(c.cx, AT_FDCWD, path, false)),
  RMDIR: (c) => withPath(c, c.args[0], c.args[1], (path) => c.kernel.calls.unlink(c.cx, AT_FDCWD, path, true)),
  UNLINKAT: (c) => withPath(c, c.args[1], c.args[2], (path) => c.kernel.calls.unlink(c.cx, c.args[0], path, (c.args[3] & 0x200) !== 0)),
  CHDIR: (c) => withPath(c, c.args[0], c.args[1], (path) => c.kernel.calls.chdir(c.cx, path)),
  GETCWD: (c) => copyOut(c, c.args[0], c.args[1], c.kernel.calls.getcwd(c.cx)),
  CALL: procCall,
  FMAP: fmap,
  FUNMAP: funmap,
  FMAP_OLD: (c) => fmap({ ...c, era: '2019-11' }),
  FUNMAP_OLD: (c) => funmap({ ...c, era: '2019-11' }),
  MPROTECT: ({ kernel, cx, args }) => kernel.calls.mprotect(cx, args[0], args[1], permOf(args[2])),
  CLOCK_GETTIME(c) {
    const clock = ({ 1: 'realtime', 4: 'monotonic' } as const)[c.args[0]]
    return clock ? putTime(c, c.args[1], c.kernel.calls.clock(c.cx, clock)) : -E.INVAL
  },
  *NANOSLEEP(c) {
    const time = getTime(c, c.args[0])
    if (time === undefined) return -E.FAULT
    return (yield* c.kernel.calls.sleep(c.cx, c.kernel.time.monotonic + time)) === 'done' ? 0 : -E.INTR
  },
  FUTEX: futex,
  *YIELD() {
    yield { yield: true }
    return 0
  },
  FRENAME: (c) =>
    withPath(c, c.args[1], c.args[2], (path) => {
      const from = c.kernel.calls.fpath(c.cx, c.args[0])
      return typeof from === 'number' ? from : c.kernel.calls.rename(c.cx, AT_FDCWD, from, AT_FDCWD, path)
    }),
  FLINK: (c) =>
    withPath(c, c.args[1], c.args[2], (path) => {
      const from = c.kernel.calls.fpath(c.cx, c.args[0])
      return typeof from === 'number' ? from : c.kernel.calls.link(c.cx, AT_FDCWD, from, AT_FDCWD, path, false)
    }),
  PIPE2(c) {
    if (!buffer(c, c.args[0], 16, Perm.write)) return -E.FAULT
    const ends = c.kernel.calls.pipe(c.cx, c.args[1])
    if (typeof ends === 'number') return ends
    for (const [index, fd] of ends.entries()) c.cx.process.space.memory.setSize(c.args[0] + index * 8, fd)
    return 0
  },
  FEVENT({ cx, args, era }) {
    const handle = cx.process.files.get(args[0])?.handle
    if (handle === undefined) return -E.BADF
    // Queues ask the handles themselves; only 2026 answers with what is ready now (EVENT_READ 1, EVENT_WRITE 2).
    const ready = (handle.ready() & (Poll.IN | Poll.HUP) ? 1 : 0) | (handle.ready() & Poll.OUT ? 2 : 0)
    return isEarly(era) ? 0 : ready & args[1]
  },
  MREMAP(c) {
    const [address, oldLength, at, newLength, flags] = c.args
    if (flags & 4) return unsupported(c, 'mremap KEEP_OLD')
    return c.kernel.calls.mremap(c.cx, address, oldLength, newLength, true, flags & 1 ? at : undefined)
  },
  GETPPID: ({ kernel, cx }) => kernel.calls.getppid(cx),
  GETPGID: ({ kernel, cx, args }) => kernel.calls.getpgid(cx, args[0]),
  SETPGID: ({ kernel, cx, args }) => kernel.calls.setpgid(cx, args[0], args[1]),
  GETUID: ({ kernel, cx }) => kernel.calls.ids(cx).uid,
  GETEUID: ({ kernel, cx }) => kernel.calls.ids(cx).euid,
  GETGID: ({ kernel, cx }) => kernel.calls.ids(cx).gid,
  GETEGID: ({ kernel, cx }) => kernel.calls.ids(cx).egid,
  KILL: ({ kernel, cx, args }) => kernel.calls.kill(cx, args[0], args[1]),
  UMASK: ({ kernel, cx, args }) => kernel.calls.umask(cx, args[0]),
  *WAITPID(c) {
    const got = yield* c.kernel.calls.waitpid(c.cx, c.args[0], c.args[2])
    if (typeof got === 'number') return got
    if (c.args[1] !== 0 && got.pid !== 0) {
      const into = buffer(c, c.args[1], 8, Perm.write)
      if (into === undefined) return -E.FAULT
      c.cx.process.space.memory.setSize(c.args[1], got.status)
    }
    return got.pid
  },
}

/** Names that have a body; the other rows are answered with ENOSYS and a gap. */
export const SERVED: ReadonlySet<string> = new Set(Object.keys(BODIES))

/** Begins the call that the `syscall` instruction of `cx` asked for. */
export function redoxSyscall(kernel: Kernel, cx: ContextState): void {
  const { state } = cx.process.cpu
  const era = kernel.options.era ?? '2026-08'
  let table = tables.get(era)
  if (table === undefined) tables.set(era, (table = syscallTable(era)))
  const number = state.low(Gpr.rax)
  const row = table.get(number)
  const body = row && BODIES[row.name]
  const args = [Gpr.rdi, Gpr.rsi, Gpr.rdx, Gpr.r10, Gpr.r8, Gpr.r9].map((register) => signed(state.get(register)))
  const name = row?.name ?? `0x${number.toString(16)}`
  kernel.rawCalls.set(name, (kernel.rawCalls.get(name) ?? 0) + 1)
  const { trace } = kernel.options
  const open = trace?.begin(cx.tid, name, row ? rawArguments(row, args, cx.process.space.memory) : args.map(String))
  const finish = (result: number) => {
    if (open) trace?.end(open, resultText(result), result)
    state.set(Gpr.rax, BigInt.asUintN(64, BigInt(result)))
  }
  if (body === undefined) {
    kernel.gap(cx.process, 'syscall', name, `era ${era}, answered with ENOSYS`, row ? 'model' : 'upstream')
    finish(-E.NOSYS)
    return
  }
  const result = body({ kernel, cx, era, args })
  if (result === undefined) {
    if (open) trace?.end(open)
    return
  }
  if (typeof result === 'number') finish(result)
  else kernel.begin(cx, result, finish, false)
}
