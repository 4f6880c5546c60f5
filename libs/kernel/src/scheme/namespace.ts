import { E } from '../abi/error.ts'
import type { ProcessState } from '../context/process.ts'
import type { Kernel } from '../kernel.ts'
import { DebugHandle, NullHandle, RandHandle, StdioHandle, TextHandle, ZeroHandle } from './device.ts'
import { EventHandle } from './event.ts'
import type { Handle } from './handle.ts'
import { openMemory } from './memory.ts'
import { Channel, PipeHandle } from './pipe.ts'
import { openProc } from './proc.ts'
import { Terminals } from './pty.ts'
import { TimeHandle } from './time.ts'

/** Opens a reference within a scheme for a process; -errno if it has no such thing. */
export type Opener = (process: ProcessState, ref: string, flags: number) => Handle | number

/**
 * Schemes of a Redox system that this model lacks, by the first word of their names: the kernel's (kernel src/scheme/mod.rs), and those of
 * the daemons of base: audio, IPC, logging, terminals, network, graphics, disks and buses.
 */
export const LACKING: ReadonlySet<string> = new Set([
  ...['acpi', 'dtb', 'irq', 'itimer', 'kernel', 'serio', 'thisproc'],
  ...['audio', 'audiohw', 'chan', 'shm', 'uds_dgram', 'uds_stream', 'log', 'logging', 'initfs', 'sudo'],
  ...['tcp', 'udp', 'ip', 'icmp', 'netcfg', 'network', 'display', 'input', 'orbital', 'disk', 'pci', 'usb', 'pcspkr'],
])

/** The schemes that every namespace of the node has, by name; `file` is served by the root file system itself. */
export function schemes(kernel: Kernel): Map<string, Opener> {
  const only =
    (make: (process: ProcessState) => Handle | number): Opener =>
    (process, ref) =>
      ref === '' ? make(process) : -E.NOENT
  const terminals = new Terminals(kernel)
  return new Map<string, Opener>([
    ['null', only(() => new NullHandle())],
    ['zero', only(() => new ZeroHandle())],
    ['rand', only(() => new RandHandle(kernel.random))],
    ['debug', only(() => new DebugHandle(kernel.options.debug ?? (() => {})))],
    ['event', only((process) => new EventHandle((fd) => process.files.get(fd)?.handle))],
    ['pipe', only(() => openPipe(kernel))],
    ['memory', (process, ref) => openMemory(kernel, process, ref)],
    ['time', (_process, ref) => TimeHandle.open(kernel, ref)],
    ['proc', (process, ref) => openProc(kernel, process, ref)],
    ['sys', (process, ref) => openSys(process, ref)],
    ['pty', terminals.open],
    ['libc', (process, ref, flags) => (ref === 'tty' ? (terminals.own(process, flags) ?? openTerminal(kernel)) : -E.NOENT)],
  ])
}

/** What relibc serves as /scheme/libc/tty: the terminal that the node was given, if any. */
function openTerminal(kernel: Kernel): Handle | number {
  const port = kernel.options.stdio?.find(({ kind }) => kind === 'terminal')
  return port ? new StdioHandle('/scheme/libc/tty', port, () => kernel.idle) : -E.NXIO
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
