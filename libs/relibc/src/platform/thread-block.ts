/**
 * The library's own control block of a thread, in guest memory so that fork copies it; `pthread_t` is its address and
 * `Context.threadPointer` holds it. It is apart from the ELF thread control block that fs points to.
 */

/** Offsets in bytes. */
export const Thread = {
  tid: 0,
  errno: 4,
  stack: 8,
  stackSize: 16,
  guardSize: 24,
  /** Futex word: 0 running, 1 ended. */
  ended: 32,
  detached: 36,
  result: 40,
  /** Head of the list of thread-local destructors; see TlsDestructor. */
  destructors: 48,
  /** What fs points to in this thread. */
  tls: 56,
  /** 16 bytes with NUL. */
  name: 64,
  hErrno: 80,
  /** Bit 0: cancellation is disabled; bit 1: its type is asynchronous. */
  cancelDisabled: 84,
  /** 1 once pthread_cancel was called for it. */
  cancelRequested: 88,
  /** The innermost pthread_cleanup_push that was not popped (__pthread_unwind_buf_t), or 0. */
  cleanup: 152,
  /** The guest address and length of the mapping that holds stack and block; 0 for the main thread's stack. */
  mapping: 96,
  mappingSize: 104,
  next: 112,
  start: 120,
  argument: 128,
  dlerror: 136,
  /** The locale object of uselocale, or 0 for that of the process. */
  locale: 144,
  /** 40 bytes: what strsignal said of a signal that has no name of its own. */
  signalText: 160,
  /** A word for the result of a C thread that it joins. */
  joined: 208,
  /** The robust mutex that it took last, or 0. */
  robust: 200,
  /** 1024 values of 8 bytes. */
  values: 256,
} as const

export const KEYS_MAX = 1024
export const THREAD_BLOCK_SIZE = Thread.values + KEYS_MAX * 8

/** Process-wide state of threads and hooks, one mapping made at start. Offsets in bytes. */
export const Area = {
  threads: 0,
  /** pid-independent flag: more than one thread was ever made. */
  atforkCount: 16,
  /** Tid of the thread that waits for timers which notify by threads, 0 until there is one (u32). */
  timerThread: 20,
  /** What the child that daemon(3) makes shall do (u32, header/process). */
  daemon: 24,
  /** The state of the streams and texts (u64, header/stdio). */
  text: 32,
  /** What the child of forkpty(3) finds: its master and 1, its terminal (two u32, header/pty). */
  forkpty: 40,
  /** Up to 64 triples prepare, parent, child of 8 bytes each. */
  atfork: 64,
  /** 1024 pairs: in use (u64), destructor (u64). */
  keys: 4096,
} as const

export const ATFORK_MAX = 64
export const AREA_SIZE = Area.keys + KEYS_MAX * 16
