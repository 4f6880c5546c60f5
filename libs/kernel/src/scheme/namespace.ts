import { E } from '../abi/error.ts'
import type { ProcessState } from '../context/process.ts'
import type { Kernel } from '../kernel.ts'
import { DebugHandle, NullHandle, RandHandle, TextHandle, ZeroHandle } from './device.ts'
import { EventHandle } from './event.ts'
import type { Handle } from './handle.ts'
import { openMemory } from './memory.ts'
import { Channel, PipeHandle } from './pipe.ts'
import { openProc } from './proc.ts'
import { TimeHandle } from './time.ts'

/** Opens a reference within a scheme for a process; -errno if it has no such thing. */
export type Opener = (process: ProcessState, ref: string, flags: number) => Handle | number

/** The schemes that every namespace of the node has, by name; `file` is served by the root file system itself. */
export function schemes(kernel: Kernel): Map<string, Opener> {
  const only =
    (make: (process: ProcessState) => Handle | number): Opener =>
    (process, ref) =>
      ref === '' ? make(process) : -E.NOENT
  return new Map<string, Opener>([
    ['null', only(() => new NullHandle())],
    ['zero', only(() => new ZeroHandle())],
    ['rand', only(() => new RandHandle(kernel.random))],
    ['debug', only(() => new DebugHandle(kernel.options.debug ?? (() => {})))],
    ['event', only((process) => new EventHandle((fd) => process.files.get(fd)?.handle))],
    ['pipe', only(() => openPipe(kernel))],
    ['memory', (_process, ref) => openMemory(kernel, ref)],
    ['time', (_process, ref) => TimeHandle.open(kernel, ref)],
    ['proc', (process, ref) => openProc(kernel, process, ref)],
    ['sys', (process, ref) => openSys(process, ref)],
  ])
}

function openPipe({ budget }: Kernel): Handle | number {
  const made = Channel.make(budget, 1)
  return typeof made === 'number' ? made : new PipeHandle(made[0], 'read')
}

/** The kernel's own scheme (kernel src/scheme/sys). */
function openSys({ exe }: ProcessState, ref: string): Handle | number {
  if (ref === 'exe') return new TextHandle('/scheme/sys/exe', exe)
  if (ref === 'uname') return new TextHandle('/scheme/sys/uname', 'Redox\nbootgraph\n0.9.0\n#1\nx86_64\n')
  if (ref === 'cpu') return new TextHandle('/scheme/sys/cpu', 'CPUs: 1\nVendor: bootgraph\nModel: emulated x86-64\n')
  return -E.NOENT
}
