import { Gpr, Perm } from '@bootgraph/cpu'
import { E } from '../abi/error.ts'
import { AT_FDCWD } from '../abi/flag.ts'
import type { Stat } from '../calls.ts'
import type { Co } from '../context/coroutine.ts'
import { Description } from '../context/file.ts'
import type { ContextState } from '../context/process.ts'
import type { Kernel } from '../kernel.ts'
import { ProcHandle } from '../scheme/proc.ts'
import { type Era, type SyscallRow, syscallTable } from './table.ts'

const tables = new Map<Era, ReadonlyMap<number, SyscallRow>>()

/** Everything that a decoded call needs; arguments are numbers below 2^53, signed where they are all ones. */
interface Decoded {
  readonly kernel: Kernel
  readonly cx: ContextState
  readonly era: Era
  readonly args: readonly number[]
}

/** A register as a number: 64-bit two's complement, so that -1 and AT_FDCWD come out negative. */
const signed = (value: bigint) => Number(BigInt.asIntN(64, value))

function buffer({ cx }: Decoded, address: number, length: number, perm: number): Uint8Array | undefined {
  const { memory } = cx.process.space
  return length >= 0 && memory.accessible(address, length, perm) ? memory.bytes(address, length) : undefined
}

function* withBuffer(call: Decoded, address: number, length: number, perm: number, use: (bytes: Uint8Array) => Co<number>): Co<number> {
  const bytes = buffer(call, address, length, perm)
  return bytes === undefined ? -E.FAULT : yield* use(bytes)
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
function* withPath(call: Decoded, address: number, length: number, use: (path: string) => Co<number> | number): Co<number> {
  const bytes = buffer(call, address, length, Perm.read)
  if (bytes === undefined) return -E.FAULT
  if (length > 4096) return -E.NAMETOOLONG
  let path: string
  try {
    path = utf8.decode(bytes.slice())
  } catch {
    return -E.INVAL
  }
  const result = use(path)
  return typeof result === 'number' ? result : yield* result
}

/** Copies an answer out; gives its length, or -EFAULT. */
function copyOut(call: Decoded, address: number, length: number, text: string | number): number {
  if (typeof text === 'number') return text
  const bytes = new TextEncoder().encode(text)
  const part = bytes.subarray(0, Math.max(0, length))
  const into = buffer(call, address, part.length, Perm.write)
  if (into === undefined) return -E.FAULT
  into.set(part)
  return part.length
}

/** Stat as 104 bytes (redox_syscall src/data.rs). */
function putStat(call: Decoded, address: number, length: number, stat: Stat | number): number {
  if (typeof stat === 'number') return stat
  if (length < 104) return -E.INVAL
  const into = buffer(call, address, 104, Perm.write)
  if (into === undefined) return -E.FAULT
  const view = new DataView(into.buffer, into.byteOffset, 104)
  const wide = (at: number, value: number) => view.setBigUint64(at, BigInt(value), true)
  wide(0, stat.dev)
  wide(8, stat.ino)
  view.setUint16(16, stat.mode, true)
  view.setUint32(20, stat.nlink, true)
  view.setUint32(24, stat.uid, true)
  view.setUint32(28, stat.gid, true)
  wide(32, stat.size)
  view.setUint32(40, stat.blksize, true)
  wide(48, stat.blocks)
  for (const [at, time] of [
    [56, stat.mtime],
    [72, stat.atime],
    [88, stat.ctime],
  ] as const) {
    view.setBigUint64(at, time / 1_000_000_000n, true)
    view.setUint32(at + 8, Number(time % 1_000_000_000n), true)
    view.setUint32(at + 12, 0, true)
  }
  return 0
}

function getTime(call: Decoded, address: number): bigint | undefined {
  if (!buffer(call, address, 16, Perm.read)) return undefined
  const { memory } = call.cx.process.space
  return memory.getU64(address) * 1_000_000_000n + BigInt(memory.getU32(address + 8))
}

function putTime(call: Decoded, address: number, time: bigint): number {
  if (!buffer(call, address, 16, Perm.write)) return -E.FAULT
  const { memory } = call.cx.process.space
  memory.setU64(address, time / 1_000_000_000n)
  memory.setU64(address + 8, time % 1_000_000_000n)
  return 0
}

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

function* futex(call: Decoded): Co<number> {
  const { kernel, cx, args, era } = call
  const [address, op, value, timeout] = args
  if (address % 4 !== 0) return -E.INVAL
  if (!buffer(call, address, 4, Perm.read)) return -E.FAULT
  if (op === 1) return kernel.calls.futexWake(cx, address, value)
  if (op !== 0) return unsupported(call, `futex operation ${op}`)
  const time = timeout === 0 ? undefined : getTime(call, timeout)
  if (timeout !== 0 && time === undefined) return -E.FAULT
  // 2019 counts from now; 2026 names a monotonic instant.
  const until = time === undefined ? undefined : (era === '2019-11' ? kernel.time.now : kernel.time.epoch) + time
  const woken = yield* kernel.calls.futexWait(cx, address, value & 0xffff_ffff, until)
  if (woken === 'timeout') return era === '2019-11' ? 0 : -E.TIMEDOUT
  return { woken: 0, changed: -E.AGAIN, signal: -E.INTR }[woken]
}

function unsupported({ kernel }: Decoded, name: string): number {
  kernel.ports.gap('kernel', 'behaviour unsupported', name, 'answered with EINVAL')
  return -E.INVAL
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
      kernel.ports.gap('kernel', 'scheme operation', `dup ${old.handle.path}`, utf8.decode(payload.slice(0, 64)))
      return derived
    }
    description = new Description(derived, old.flags | 0x3_0000)
  }
  return at === undefined ? files.add(description) : files.set(at, description)
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
const BODIES: { readonly [name: string]: (call: Decoded) => Co<number> | number } = {
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
  LSEEK: ({ kernel, cx, args }) => kernel.calls.lseek(cx, args[0], args[1], args[2]),
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
  FUNMAP({ kernel, cx, args, era }) {
    // 2019 names only the start of a grant.
    const grant = era === '2019-11' ? cx.process.space.find(args[0]) : undefined
    if (era === '2019-11' && grant?.start !== args[0]) return -E.FAULT
    return kernel.calls.munmap(cx, args[0], grant ? grant.end - grant.start : args[1])
  },
  MPROTECT: ({ kernel, cx, args }) => kernel.calls.mprotect(cx, args[0], args[1], permOf(args[2])),
  CLOCK_GETTIME(c) {
    const clock = ({ 1: 'realtime', 4: 'monotonic' } as const)[c.args[0]]
    return clock ? putTime(c, c.args[1], c.kernel.calls.clock(c.cx, clock)) : -E.INVAL
  },
  *NANOSLEEP(c) {
    const time = getTime(c, c.args[0])
    if (time === undefined) return -E.FAULT
    return (yield* c.kernel.calls.sleep(c.cx, c.kernel.time.now + time)) === 'done' ? 0 : -E.INTR
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
  MREMAP(c) {
    const [address, oldLength, at, newLength, flags] = c.args
    if (flags & 4) return unsupported(c, 'mremap KEEP_OLD')
    return c.kernel.calls.mremap(c.cx, address, oldLength, newLength, true, flags & 1 ? at : undefined)
  },
  EXIT: ({ kernel, cx, args }) => kernel.calls.exit(cx, args[0]),
  GETPID: ({ kernel, cx }) => kernel.calls.getpid(cx),
  GETPPID: ({ kernel, cx }) => kernel.calls.getppid(cx),
  GETPGID: ({ kernel, cx, args }) => kernel.calls.getpgid(cx, args[0]),
  SETPGID: ({ kernel, cx, args }) => kernel.calls.setpgid(cx, args[0], args[1]),
  GETUID: ({ kernel, cx }) => kernel.calls.ids(cx).uid,
  GETEUID: ({ kernel, cx }) => kernel.calls.ids(cx).euid,
  GETGID: ({ kernel, cx }) => kernel.calls.ids(cx).gid,
  GETEGID: ({ kernel, cx }) => kernel.calls.ids(cx).egid,
  KILL: ({ kernel, cx, args }) => kernel.calls.kill(cx, args[0], args[1]),
  UMASK: ({ kernel, cx, args }) => kernel.calls.umask(cx, args[0]),
  CLONE: (c) => (c.args[0] === 0 ? c.kernel.calls.fork(c.cx) : unsupported(c, `clone flags 0x${c.args[0].toString(16)}`)),
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
  const finish = (result: number) => {
    kernel.options.trace?.(`${cx.tid} ${row?.name ?? number}(${args.slice(0, row?.args.length ?? 6).join(', ')}) = ${result}`)
    state.set(Gpr.rax, BigInt.asUintN(64, BigInt(result)))
  }
  if (body === undefined) {
    kernel.ports.gap('kernel', 'syscall', row?.name ?? `0x${number.toString(16)}`, `era ${era}, answered with ENOSYS`)
    finish(-E.NOSYS)
    return
  }
  const result = body({ kernel, cx, era, args })
  if (typeof result === 'number') finish(result)
  else kernel.begin(cx, result, finish, false)
}
