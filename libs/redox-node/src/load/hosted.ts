/** What every program over the hosted C library starts with, however it is linked: stack, storage of its first thread, library. */
import { Gpr } from '@bootgraph/cpu'
import type { Co, Context, Kernel, KernelCalls, Process } from '@bootgraph/kernel'
import { startStack, type Tls } from '@bootgraph/ld-so'
import { type Abi, finalize, flushAll, Libc, type LibcObserver, type LinkerPort, prepareStreams } from '@bootgraph/relibc'
import { leaves } from './libc-file.ts'
import type { MissingGates } from './missing-gates.ts'
import { mapStack, STACK_START, STACK_TOP, stackBottom } from './stack.ts'

const AT = { phdr: 3, phent: 4, phnum: 5, pagesz: 6, base: 7, entry: 9, uid: 11, euid: 12, gid: 13, egid: 14, secure: 23 } as const

export interface HostedOptions {
  readonly kernel: Kernel
  /** The kernel's calls as the library makes them. */
  readonly calls: KernelCalls
  readonly observer: LibcObserver
  /** Layouts and constants that the program was compiled with. */
  readonly abi: Abi
  onLibc(libc: Libc): void
}

/** What of the library hangs on how the program is linked; `forked` gives the same for a child. */
export interface Linkage {
  readonly functions: MissingGates
  readonly linker: LinkerPort
  object(name: string): number
  forked(child: Process): Linkage
}

export interface HostedProgram {
  readonly path: string
  readonly argv: readonly Uint8Array[]
  readonly envp: readonly Uint8Array[]
  readonly entry: number
  readonly headers: { readonly address: number; readonly count: number }
  readonly tls: Tls
  /** `args` are argc, argv and envp as initialisers take them. */
  linkage(args: readonly number[]): Linkage
  initialise(args: readonly number[]): Co<void>
}

/** Maps the stack and lets guest code run on it before the program's own start; false without memory. */
export function prepareStack({ kernel }: HostedOptions, cx: Context): boolean {
  if (mapStack(cx, kernel.calls) < 0) return false
  cx.process.cpu.state.setNumber(Gpr.rsp, STACK_TOP - 0x1_0000)
  return true
}

/** Two words of fs:0x28; the lowest byte is zero, so that no string runs over it. */
export function stackGuard(kernel: Kernel): readonly [number, number] {
  const guard = new Uint32Array(2)
  kernel.random.fill(new Uint8Array(guard.buffer))
  return [guard[0] & 0xffff_ff00, guard[1]]
}

/** Runs initialisers and leaves the context at the entry; gives what is wrong, if anything is. */
export function* startHosted(options: HostedOptions, cx: Context, program: HostedProgram): Co<string | undefined> {
  const { kernel } = options
  const { path, argv, envp, entry, headers } = program
  const { state, memory } = cx.process.cpu
  const pointer = program.tls.allocate()
  if (pointer === undefined) return `${path}: no memory for thread-local storage`
  state.fsBase = BigInt(pointer)
  const sp = startStack(
    {
      argv,
      envp,
      auxv: [
        [AT.phdr, headers.address],
        [AT.phent, 56],
        [AT.phnum, headers.count],
        [AT.pagesz, 4096],
        [AT.base, 0],
        [AT.entry, entry],
        [AT.uid, 0],
        [AT.euid, 0],
        [AT.gid, 0],
        [AT.egid, 0],
        [AT.secure, 0],
      ],
      top: STACK_START,
    },
    memory,
  )
  const envpAt = sp + 8 * (argv.length + 2)
  const args = [argv.length, sp + 8, envpAt]
  const { linker, ...own } = program.linkage(args)
  const libc = new Libc({
    process: cx.process,
    kernel: options.calls,
    coroutines: kernel,
    abi: options.abi,
    observer: options.observer,
    leaves,
    made: options.onLibc,
    ...own,
  })
  const ready = libc.prepare(cx, {
    linker,
    auxv: envpAt + 8 * (envp.length + 1),
    stack: { low: stackBottom, high: STACK_TOP },
    executable: path,
    exitHooks: {
      *handlers(c) {
        yield* finalize(c, 0)
      },
      *flush(c) {
        yield* flushAll(c)
      },
    },
    envp: envpAt,
  })
  if (!ready) return `${path}: no memory for the C library`
  prepareStreams(libc)
  cx.process.personality = libc
  state.setNumber(Gpr.rsp, sp)
  yield* program.initialise(args)
  state.setNumber(Gpr.rsp, sp)
  state.setNumber(Gpr.rdx, 0)
  state.rip = BigInt(entry)
  return undefined
}
