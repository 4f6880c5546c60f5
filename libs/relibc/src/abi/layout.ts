/** Struct layouts, constants and flag values of one program ABI. What both ABIs share is in structs.ts. */
export interface Abi {
  readonly name: 'linux-gnu' | 'redox'
  /** Program's open flags as the kernel's (Redox), and back. */
  openFlags(flags: number): number
  programFlags(flags: number): number
  readonly O: { readonly cloexec: number; readonly nonblock: number }
  /** FD_CLOEXEC as F_GETFD gives it. */
  readonly fdCloexec: number
  /** AT_SYMLINK_NOFOLLOW, AT_REMOVEDIR. */
  readonly at: { readonly nofollow: number; readonly removedir: number; readonly follow: number; readonly emptyPath: number }
  /** PROT_* as the engine's Perm bits (read 1, write 2, exec 4). */
  perm(prot: number): number
  /** SA_* as the kernel's, and back. */
  signalFlags(flags: number): number
  programSignalFlags(flags: number): number
  /** mmap flags. */
  readonly map: { readonly shared: number; readonly fixed: number; readonly noreplace: number; readonly anonymous: number }
  clock(id: number): 'realtime' | 'monotonic' | 'process' | 'thread' | undefined
  /** sigset_t: bytes. */
  readonly sigsetSize: number
  /** struct sigaction: offsets and size. */
  readonly sigaction: {
    readonly handler: number
    readonly mask: number
    readonly flags: number
    readonly restorer: number
    readonly size: number
  }
  /** Objects of pthread: bytes, and where a mutex keeps its type. */
  readonly pthread: {
    readonly mutex: number
    readonly mutexKind: number
    readonly cond: number
    readonly rwlock: number
    readonly barrier: number
    readonly attr: number
    readonly mutexattr: number
    readonly condattr: number
    readonly kinds: { readonly recursive: number; readonly errorcheck: number }
    readonly createDetached: number
    /** The objects are pointers to what the library allots; -1 in one that a static initialiser made. */
    readonly pointers?: true
  }
  /** SOCK_NONBLOCK, SOCK_CLOEXEC. */
  readonly socket: { readonly nonblock: number; readonly cloexec: number }
  /** Answers of sysconf that never differ, by number, where the ABI's own library has such. */
  readonly sysconfConstants?: ReadonlyMap<number, number>
  /** sysconf: number → key. */
  readonly sysconf: ReadonlyMap<
    number,
    | 'arg-max'
    | 'child-max'
    | 'clk-tck'
    | 'open-max'
    | 'page-size'
    | 'processors'
    | 'pages'
    | 'getpw-size'
    | 'stream-max'
    | 'iov-max'
    | 'host-name-max'
    | 'login-name-max'
    | 'version'
    | 'symloop-max'
    | 'groups-max'
    | 'signal-stack-min'
    | 'signal-stack'
  >
}
