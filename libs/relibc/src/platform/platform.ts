import type { Co, Context, Process } from '@bootgraph/kernel'
import type { LibcCall } from '../registry/call.ts'
import type { Frame, LinkerPort } from './linker-port.ts'
import { Thread } from './thread-block.ts'

/** What the system headers need beside a LibcCall: facts of one process that are set at its start and copied by fork. */
export interface Platform {
  readonly linker: LinkerPort | undefined
  /** Guest address of the process area (thread-block.ts). */
  readonly area: number
  /** Guest addresses of envp and auxv as the kernel laid them out. */
  readonly auxv: number
  /** The initial stack, for pthread_getattr_np of the main thread. */
  readonly stack: { readonly low: number; readonly high: number }
  /** Absolute guest path of the running program. */
  readonly executable: string
  /** What exit runs: atexit handlers, then (after the linker's finalisers) streams to flush. */
  readonly exitHooks: { handlers(c: LibcCall): Co<void>; flush(c: LibcCall): Co<void> }
}

const platforms = new WeakMap<Process, Platform>()

export const setPlatform = (process: Process, platform: Platform): void => void platforms.set(process, platform)

/** The platform of the calling process. */
export function platformOf(c: LibcCall): Platform {
  const platform = platforms.get(c.process)
  if (platform === undefined) throw new Error('platform used before __libc_start_main')
  return platform
}

export const platformOfProcess = (process: Process): Platform | undefined => platforms.get(process)

/** The calls under way where a process is at a call of the library, innermost first. */
export const callersIn = (process: Process, limit: number, at?: number): readonly Frame[] =>
  platforms.get(process)?.linker?.callers(limit, at) ?? []

/** tid of a context as pthread objects record owners. */
export const tidOf = (c: LibcCall, cx: Context): number => c.memory.getU32(cx.threadPointer + Thread.tid)
