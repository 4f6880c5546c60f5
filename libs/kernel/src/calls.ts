/**
 * The kernel's door for code that runs beside it (the hosted C library, the loader): what a system call does, with host
 * values in place of user pointers. The raw syscall table decodes registers and then calls the same functions.
 *
 * Results are numbers: >= 0 is success, < 0 is -errno (Redox and Linux share the numbers). Paths are guest paths,
 * absolute or relative to the process's cwd; both `/scheme/name/ref` and `name:ref` are understood.
 * Flags are Redox's (abi/flag.ts): O_RDONLY 0x10000 …; a linux-gnu program's flags are converted before they come here.
 * Times are nanoseconds as bigint.
 */

import type { Context, Process } from './context/context.ts'
import type { Co } from './context/coroutine.ts'
import type { Limit } from './context/limits.ts'
import type { Message, MessageQueue, Segment, SemaphoreOperation, SemaphoreSet } from './scheme/ipc.ts'
import type { PostedMessage, PostedQueue } from './scheme/message-queue.ts'

export interface Stat {
  dev: number
  ino: number
  mode: number
  nlink: number
  uid: number
  gid: number
  rdev: number
  size: number
  blksize: number
  /** 512-byte blocks. */
  blocks: number
  atime: bigint
  mtime: bigint
  ctime: bigint
  /** When a file was made; other things do not know it. */
  btime?: bigint
}

/** Extended attributes; results are -errno, 0 or what was asked for. */
export interface FileAttributes {
  get(name: string): Uint8Array | number
  /** flags: XATTR_CREATE 1, XATTR_REPLACE 2. */
  set(name: string, value: Uint8Array, flags: number): number
  list(): readonly string[]
  remove(name: string): number
}

export interface StatVfs {
  bsize: number
  blocks: number
  bfree: number
  bavail: number
  files: number
  ffree: number
  namemax: number
}

export interface DirEntry {
  ino: number
  name: string
  /** DT_*: 1 fifo, 2 chr, 4 dir, 6 blk, 8 reg, 10 lnk, 12 sock. */
  type: number
}

export interface PollFd {
  fd: number
  /** POLLIN 1, POLLPRI 2, POLLOUT 4. */
  events: number
  /** Filled in: events that are ready, and POLLERR 8, POLLHUP 16, POLLNVAL 32. */
  revents: number
}

export interface SigAction {
  /** Guest address; 0 SIG_DFL, 1 SIG_IGN. */
  handler: number
  flags: number
  restorer: number
  mask: bigint
}

/** Sets of capabilities by their bits (capabilities(7)). */
export interface Capabilities {
  readonly effective: bigint
  readonly permitted: bigint
  readonly inheritable: bigint
}

export interface SpawnRequest {
  readonly path: string
  readonly argv: readonly Uint8Array[]
  readonly envp: readonly Uint8Array[]
  /** Applied in order in the child's file table and cwd. */
  readonly actions: readonly (
    | { readonly op: 'dup2'; readonly fd: number; readonly to: number }
    | { readonly op: 'open'; readonly fd: number; readonly path: string; readonly flags: number; readonly mode: number }
    | { readonly op: 'close'; readonly fd: number }
    | { readonly op: 'chdir'; readonly path: string }
    | { readonly op: 'fchdir'; readonly fd: number }
  )[]
  readonly pgroup?: number
  readonly sigmask?: bigint
  readonly sigdefault?: bigint
  readonly setsid?: boolean
}

/** The clock whose absolute times a timer takes. */
export type TimerClock = 'realtime' | 'monotonic'
/** Those, and what a process or a thread has computed. */
export type WorkClock = TimerClock | 'process' | 'thread'
/** The timers of setitimer: of real time, and two of the time that the process computes. */
export type IntervalTimer = 'real' | 'virtual' | 'profile'
/** Nanoseconds; a value of 0 disarms, an interval of 0 is once. */
export interface TimerSetting {
  readonly value: bigint
  readonly interval: bigint
  /** The value is a time of the timer's clock, not one from now on. */
  readonly absolute: boolean
}

export interface KernelCalls {
  // syscall/fs
  open(cx: Context, path: string, flags: number, mode: number): Co<number>
  openat(cx: Context, dirfd: number, path: string, flags: number, mode: number): Co<number>
  close(cx: Context, fd: number): Co<number>
  read(cx: Context, fd: number, into: Uint8Array): Co<number>
  write(cx: Context, fd: number, from: Uint8Array): Co<number>
  pread(cx: Context, fd: number, into: Uint8Array, offset: number): Co<number>
  pwrite(cx: Context, fd: number, from: Uint8Array, offset: number): Co<number>
  /** whence: 0 to 2 as in POSIX; SEEK_DATA 3, SEEK_HOLE 4. */
  lseek(cx: Context, fd: number, offset: number, whence: number): number
  dup(cx: Context, fd: number, atLeast?: number, cloexec?: boolean): number
  dup2(cx: Context, fd: number, to: number, cloexec?: boolean): number
  pipe(cx: Context, flags: number): [read: number, write: number] | number
  fcntl(cx: Context, fd: number, command: number, argument: number): Co<number>
  ioctl(cx: Context, fd: number, request: number, argument: number): Co<number>
  fstat(cx: Context, fd: number): Stat | number
  stat(cx: Context, dirfd: number, path: string, followLinks: boolean): Stat | number
  fstatvfs(cx: Context, fd: number): StatVfs | number
  statvfs(cx: Context, path: string): StatVfs | number
  access(cx: Context, dirfd: number, path: string, mode: number): number
  /** All entries, "." and ".." first, in a deterministic order. */
  getdents(cx: Context, fd: number): DirEntry[] | number
  mkdir(cx: Context, dirfd: number, path: string, mode: number): number
  mknod(cx: Context, dirfd: number, path: string, mode: number): number
  /** Removes a name; `directory` = rmdir. */
  unlink(cx: Context, dirfd: number, path: string, directory: boolean): number
  /** `how`: what has the new name is replaced, kept (-EEXIST), or takes the old one. */
  rename(cx: Context, olddir: number, from: string, newdir: number, to: string, how?: 'replace' | 'keep' | 'exchange'): number
  /** An empty `from` means what `olddir` has open. */
  link(cx: Context, olddir: number, from: string, newdir: number, to: string, followLinks: boolean): number
  symlink(cx: Context, target: string, dirfd: number, path: string): number
  readlink(cx: Context, dirfd: number, path: string): string | number
  realpath(cx: Context, path: string): string | number
  chmod(cx: Context, dirfd: number, path: string, mode: number): number
  fchmod(cx: Context, fd: number, mode: number): number
  chown(cx: Context, dirfd: number, path: string, uid: number, gid: number, followLinks: boolean): number
  fchown(cx: Context, fd: number, uid: number, gid: number): number
  truncate(cx: Context, path: string, length: number): number
  ftruncate(cx: Context, fd: number, length: number): number
  /** Bytes [from, to) of a file: 'hold' room for them, also behind the end, which 'extend' moves; or 'punch' a hole. */
  allocate(cx: Context, fd: number, from: number, to: number, how: 'hold' | 'extend' | 'punch'): number
  /** undefined = leave as it is. */
  utimens(cx: Context, dirfd: number, path: string, atime: bigint | undefined, mtime: bigint | undefined, followLinks: boolean): number
  futimens(cx: Context, fd: number, atime: bigint | undefined, mtime: bigint | undefined): number
  fsync(cx: Context, fd: number): number
  flock(cx: Context, fd: number, operation: number): Co<number>
  /**
   * A lock on bytes [start, end) that belongs to the process, or to the description behind `fd` (its pid is then -1). `kind` undefined
   * unlocks; `how` 'get' asks who is in the way, 'set' answers -EAGAIN then, 'wait' waits. Gives 0, -errno, or for 'get' the lock that was met.
   */
  recordLock(
    cx: Context,
    fd: number,
    how: 'get' | 'set' | 'wait',
    kind: 'read' | 'write' | undefined,
    start: number,
    end: number,
    of?: 'process' | 'description',
  ): Co<number | { readonly pid: number; readonly kind: 'read' | 'write'; readonly start: number; readonly end: number }>
  poll(cx: Context, fds: PollFd[], timeout: bigint | undefined): Co<number>
  /** Extended attributes of a file, by its descriptor or its path. */
  attributes(cx: Context, file: number | string, followLinks: boolean): FileAttributes | number
  chdir(cx: Context, path: string): number
  fchdir(cx: Context, fd: number): number
  chroot(cx: Context, path: string): number
  getcwd(cx: Context): string
  umask(cx: Context, mask: number): number
  /** Path of an open descriptor, as fpath answers. */
  fpath(cx: Context, fd: number): string | number
  memfd(cx: Context, name: string, flags: number): number

  // syscall/mem
  /** `perm` bits of Perm (read 1, write 2, exec 4). fd < 0 = anonymous. fixed: 'replace' | 'noreplace' | undefined (address is a hint). Gives the address or -errno. */
  mmap(
    cx: Context,
    address: number,
    length: number,
    perm: number,
    shared: boolean,
    fixed: 'replace' | 'noreplace' | undefined,
    fd: number,
    offset: number,
  ): number
  munmap(cx: Context, address: number, length: number): number
  mprotect(cx: Context, address: number, length: number, perm: number): number
  mremap(cx: Context, address: number, oldLength: number, newLength: number, mayMove: boolean, fixedAt?: number): number
  msync(cx: Context, address: number, length: number): number
  madvise(cx: Context, address: number, length: number, dontNeed: boolean): number

  // syscall/process
  /** Duplicates the calling process; the child resumes from the same state with `childResult` in rax after the caller's return. Gives the pid. */
  fork(cx: Context): Co<number>
  /** posix_spawn in one step: a new process from a file. Gives the pid or -errno of what failed. */
  spawn(cx: Context, request: SpawnRequest): Co<number>
  /** Replaces the calling process's image; returns only on failure. */
  exec(cx: Context, path: string, argv: readonly Uint8Array[], envp: readonly Uint8Array[]): Co<number>
  /** Ends the whole process. */
  exit(cx: Context, status: number): Co<never>
  /** Ends one context (thread). */
  exitThread(cx: Context): Co<never>
  /** A new context in the same process that starts at `entry(argument)` on `stackTop` with the given thread pointer. Gives its tid. */
  clone(cx: Context, entry: number, argument: number, stackTop: number, threadPointer: number): number
  /** options: NOHANG 1, UNTRACED 2, CONTINUED 8, NOWAIT (leaves the child to be waited for). `exited` false = only stops and continues. */
  waitpid(
    cx: Context,
    pid: number,
    options: number,
    exited?: boolean,
  ): Co<{ pid: number; status: number; rusage?: { userNs: bigint } } | number>
  /** Fuel of the children that were waited for. */
  childFuel(cx: Context): number
  /** `value` is what sigqueue gives along. */
  kill(cx: Context, pid: number, signal: number, value?: bigint): number
  tkill(cx: Context, tid: number, signal: number, value?: bigint): number
  /** A context of the caller's process that waits comes back as if a signal had arrived; false if it does not wait so. */
  interrupt(cx: Context, tid: number): boolean
  /** SIGSEGV for an access that library code would have made at `address`; a handler cannot be masked away. */
  fault(cx: Context, address: number): void
  sigaction(cx: Context, signal: number, action: SigAction | undefined): SigAction | number
  sigprocmask(cx: Context, how: number, set: bigint | undefined): bigint | number
  sigpending(cx: Context): bigint
  /** A signal waits that the context does not mask. */
  signalled(cx: Context): boolean
  sigsuspend(cx: Context, mask: bigint): Co<number>
  /** Takes a pending signal of `set` without its handler, or waits for one until a monotonic time; -EAGAIN then, -EINTR after a handler. */
  sigtimedwait(
    cx: Context,
    set: bigint,
    until: bigint | undefined,
  ): Co<{ signal: number; code: number; pid: number; status: number; value?: bigint } | number>
  sigaltstack(
    cx: Context,
    set: { sp: number; size: number; flags: number } | undefined,
  ): { sp: number; size: number; flags: number } | number
  /** A descriptor of a process; flags: O_NONBLOCK. */
  pidfd(cx: Context, pid: number, flags: number): number
  /** The process that a descriptor stands for, or -EBADF. */
  pidfdProcess(cx: Context, fd: number): number
  /** A descriptor of its own for what another process has open as `target`. */
  pidfdGet(cx: Context, fd: number, target: number): number
  /** Of a process, 0 for the caller's own. */
  capabilities(cx: Context, pid: number): Capabilities | number
  setCapabilities(cx: Context, wanted: Capabilities): number
  getpid(cx: Context): number
  getppid(cx: Context): number
  gettid(cx: Context): number
  getpgid(cx: Context, pid: number): number
  setpgid(cx: Context, pid: number, pgid: number): number
  getsid(cx: Context, pid: number): number
  setsid(cx: Context): number
  /** Real, effective and saved. */
  ids(cx: Context): { uid: number; euid: number; suid: number; gid: number; egid: number; sgid: number; groups: number[] }
  /** Real, effective and saved; undefined leaves one. Who is not the superuser takes only ids that it has: -EPERM. */
  setIds(cx: Context, kind: 'user' | 'group', wanted: readonly (number | undefined)[]): number
  /** The lowest nice value among a process (0), a group of them (1) or a user's (2). */
  nice(cx: Context, kind: number, id: number): { readonly nice: number } | { readonly error: number }
  setNice(cx: Context, kind: number, id: number, value: number): number

  // syscall/ipc: objects of System V, by number; flags as Linux has them
  readonly messages: {
    get(cx: Context, key: number, flags: number): number
    at(cx: Context, id: number): MessageQueue | number
    remove(cx: Context, id: number): void
    send(cx: Context, id: number, message: Message, flags: number): Co<number>
    receive(cx: Context, id: number, size: number, type: bigint, flags: number): Co<Message | number>
  }
  readonly semaphoreSets: {
    get(cx: Context, key: number, count: number, flags: number): number
    at(cx: Context, id: number): SemaphoreSet | number
    remove(cx: Context, id: number): void
    /** All of them at once, or -EAGAIN when it is time. */
    operate(cx: Context, id: number, operations: readonly SemaphoreOperation[], until: bigint | undefined): Co<number>
  }
  readonly segments: {
    get(cx: Context, key: number, size: number, flags: number): number
    at(cx: Context, id: number): Segment | number
    /** How many mappings of it there are. */
    attached(segment: Segment): number
    remove(cx: Context, id: number): void
    attach(cx: Context, id: number, address: number, readOnly: boolean, replace: boolean): number
    detach(cx: Context, address: number): number
  }

  /** POSIX message queues, by name without the slash, and by descriptor. */
  readonly posted: {
    open(cx: Context, name: string, flags: number, mode: number, attributes: { limit: number; size: number } | undefined): number
    unlink(cx: Context, name: string): number
    at(cx: Context, fd: number): PostedQueue | number
    /** -EAGAIN or -ETIMEDOUT where there is no room. */
    send(cx: Context, fd: number, message: PostedMessage, until: bigint | undefined): Co<number>
    /** `size`: bytes that the caller has room for. */
    receive(cx: Context, fd: number, size: number, until: bigint | undefined): Co<PostedMessage | number>
    /** A signal (0: none) for the next message in the empty queue; undefined takes the wish back. */
    notify(cx: Context, fd: number, wanted: { signal: number; value: bigint } | undefined): number
  }

  // syscall/limit: of the process `pid`, 0 for the caller's own; resources by Linux's numbers
  limit(cx: Context, pid: number, resource: number): Limit | number
  setLimit(cx: Context, pid: number, resource: number, limit: Limit): number

  // syscall/time
  /** Virtual nanoseconds; clock 0/1 (CLOCK_REALTIME of Linux/Redox) by name. Where a call waits `until` a time, it is the monotonic one. */
  clock(cx: Context, clock: 'realtime' | 'monotonic' | 'process' | 'thread'): bigint
  sleep(cx: Context, until: bigint): Co<'done' | 'signal'>
  alarm(cx: Context, nanoseconds: bigint): bigint
  /** The process's real-time interval timer, which alarm sets too; value 0 disarms. Gives what was left of it. */
  itimer(cx: Context, which: IntervalTimer, set: { value: bigint; interval: bigint } | undefined): { value: bigint; interval: bigint }
  /** A timer that sends `signal` (0: none) with `value`, by default its id, to the process or one of its threads. Gives the id, or -EINVAL. */
  timerCreate(cx: Context, clock: WorkClock, signal: number, value: bigint | undefined, tid?: number): number
  /** `set` undefined only asks. Gives what was left before, or -EINVAL. */
  timerSet(cx: Context, id: number, set: TimerSetting | undefined): { value: bigint; interval: bigint; overrun: number } | number
  timerDelete(cx: Context, id: number): number
  random(cx: Context, into: Uint8Array): void

  // syscall/semaphore: named ones, by the kernel's numbers
  semaphoreOpen(cx: Context, name: string, value: number, create: boolean, exclusive: boolean): number
  semaphoreUnlink(cx: Context, name: string): number
  /** `once` answers -EAGAIN in place of waiting. */
  semaphoreWait(cx: Context, id: number, until: bigint | undefined, once: boolean): Co<number>
  semaphorePost(cx: Context, id: number): number
  semaphoreValue(cx: Context, id: number): number

  // syscall/event: descriptors of Linux that only say what happened; flags are Redox's
  epollCreate(cx: Context, flags: number): number
  /** op: 1 add, 2 delete, 3 modify; events as EPOLL*. */
  epollControl(cx: Context, own: number, op: number, fd: number, events: number, data: bigint): number
  epollWait(cx: Context, fd: number, max: number, timeout: bigint | undefined): Co<{ events: number; data: bigint }[] | number>
  eventfd(cx: Context, value: bigint, single: boolean, flags: number): number
  /** A new one where fd is -1; else the set of that one becomes another. */
  signalfd(cx: Context, fd: number, set: bigint, flags: number): number
  inotify(cx: Context, flags: number): number
  /** `mask` as IN_*; the number of the watch. */
  inotifyWatch(cx: Context, fd: number, path: string, mask: number): number
  inotifyUnwatch(cx: Context, fd: number, wd: number): number
  timerfd(cx: Context, clock: TimerClock, flags: number): number
  timerfdSet(cx: Context, fd: number, set: TimerSetting | undefined): { value: bigint; interval: bigint } | number

  // syscall/futex: 32-bit word in guest memory of this address space; shared mappings are keyed by page identity
  futexWait(cx: Context, address: number, expected: number, until: bigint | undefined): Co<'woken' | 'changed' | 'timeout' | 'signal'>
  futexWake(cx: Context, address: number, count: number): number

  // sockets: unix domain and loopback inet inside the node; flags of send and recv are Linux's MSG_*
  socket(cx: Context, domain: 'unix' | 'inet' | 'inet6', type: SocketType, flags: number): number
  socketpair(cx: Context, type: SocketType, flags: number): [number, number] | number
  /** Addresses: { path } for unix, { host, port } for inet. A path makes a file of type socket. */
  bind(cx: Context, fd: number, address: SocketAddress): number
  listen(cx: Context, fd: number, backlog: number): number
  accept(cx: Context, fd: number, flags: number): Co<{ fd: number; peer: SocketAddress } | number>
  connect(cx: Context, fd: number, address: SocketAddress): Co<number>
  shutdown(cx: Context, fd: number, how: number): number
  /** `fds` go along to another unix socket, and `ids` as those of the sender: -EPERM for others than the caller's own. */
  send(cx: Context, fd: number, from: Uint8Array, flags: number, to?: SocketAddress, fds?: readonly number[], ids?: PeerIds): Co<number>
  /** `room`: descriptors that the caller takes at most, if some came along. */
  recv(cx: Context, fd: number, into: Uint8Array, flags: number, room?: number): Co<Received | number>
  sockname(cx: Context, fd: number, peer: boolean): SocketAddress | number
  /** What options ask and set. */
  socketState(cx: Context, fd: number): SocketState | number
}

/** seqpacket: records as datagrams, between two that are connected as streams are. */
export type SocketType = 'stream' | 'dgram' | 'seqpacket'
export interface InetAddress {
  readonly host: string
  readonly port: number
  readonly family: 'inet' | 'inet6'
}
export type SocketAddress = { readonly path: string } | InetAddress

export interface Received {
  /** Bytes that were copied; with MSG_TRUNC those of the whole datagram. */
  readonly count: number
  /** Of a datagram whose sender has an address. */
  readonly from?: SocketAddress
  /** Descriptors that came along, now the caller's. */
  readonly fds: readonly number[]
  /** Who sent it, where the socket has SO_PASSCRED. */
  readonly ids?: PeerIds
  /** MSG_TRUNC: the datagram was longer; MSG_CTRUNC: more descriptors came along than were taken. */
  readonly flags: number
}

/** Who made or connected the other end of a unix socket, or sends to it. */
export interface PeerIds {
  readonly pid: number
  readonly uid: number
  readonly gid: number
}

/** What setsockopt sets. Times are nanoseconds, 0n without end. */
export interface SocketOptions {
  receiveTimeout: bigint
  sendTimeout: bigint
  /** Seconds; with 0 a close of a TCP connection breaks it off. */
  linger: number | undefined
  /** An IPv6 socket does not serve IPv4. */
  v6Only: boolean
  /** Options that a loopback cannot show, by name: they are only kept. */
  readonly values: Map<string, number>
}

export interface SocketState {
  readonly domain: 'unix' | 'inet' | 'inet6'
  readonly type: SocketType
  readonly listening: boolean
  readonly peerIds: PeerIds | undefined
  readonly options: SocketOptions
  /** The error that waits to be asked for, which is then gone; 0 for none. */
  takeError(): number
}

export interface Loaded {
  readonly path: string
  readonly argv: readonly Uint8Array[]
}

/** A call, flag or scheme operation that a program asked for and did not get. */
export interface KernelGap {
  /** Redox of the program's era lacks it, or this model does. */
  readonly truth: 'upstream' | 'model'
  readonly kind: 'syscall' | 'behaviour unsupported' | 'scheme operation'
  readonly name: string
  readonly detail: string
  /** Path of the program that asked; empty before it is loaded. */
  readonly program: string
}

/** What the kernel asks of the composition above it (libs/redox-node). */
export interface KernelPorts {
  /**
   * Loads a program into a fresh address space of `process`: maps it, links it, builds the stack, sets the initial registers
   * and `process.personality`. Gives the program and its arguments, which for a script are its interpreter's.
   * -errno if the file is not a program (ENOEXEC), is missing (ENOENT) …
   */
  load(cx: Context, path: string, argv: readonly Uint8Array[], envp: readonly Uint8Array[]): Co<Loaded | number>
  /** Told of every gap that is met below the C library. */
  gap(gap: KernelGap): void
  /** Told before a process ends by what a context of its own did, at `rip`; `address` is as in siginfo. */
  crashed?(cx: Context, info: { readonly signal: number; readonly address: number }, rip: bigint): void
  /** Real entropy and wall time never enter; the node passes its seed. */
  readonly seed: number
  /** Bytes that all address spaces and what the kernel keeps for programs may have together (MemoryBudget). */
  readonly memoryLimit: number
}

/** What a process was loaded as: the hosted C library of a program, or nothing for a raw one. */
export interface Personality {
  /** A gate was reached by `cx`. As CpuPorts.hosted; may start a coroutine on the context and answer `leave`. */
  hosted(cx: Context, id: number): number
  /** The process was forked: the child's own personality. Guest memory was copied already. */
  fork(child: Process): Personality
  /** What a forked child does before the forking function returns in it. */
  forked?(cx: Context): Co<void>
  /** Where called guest functions return to: a gate `GateId.callReturned` that unwinders know. Undefined = the kernel's own. */
  readonly callReturned?: number | undefined
  /** A context is about to end (thread-exit destructors have run in the library by then). */
  contextEnded?(cx: Context): void
}
