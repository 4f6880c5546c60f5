import { Perm } from '@bootgraph/cpu'
import { E } from '../abi/error.ts'
import { Mode } from '../abi/flag.ts'
import type { DirEntry, Stat } from '../calls.ts'
import type { Description } from '../context/file.ts'
import { Resource } from '../context/limits.ts'
import { ALL_CAPABILITIES, type ProcessState } from '../context/process.ts'
import { bit } from '../context/signal.ts'
import { FUEL_NS } from '../context/timeout.ts'
import type { Kernel } from '../kernel.ts'
import { TextHandle } from './device.ts'
import { blankStat, Handle } from './handle.ts'

/** The process that `self` or a number names. */
export function procOf(kernel: Kernel, process: ProcessState, ref: string): { of: ProcessState; file: string } | undefined {
  const [who, ...rest] = ref.split('/')
  const of = who === 'self' ? process : kernel.table.processes.get(Number(who))
  return of && { of, file: rest.join('/') }
}

type Name = readonly [name: string, type: 'folder' | 'file' | 'link']
const rows = (names: readonly Name[]): DirEntry[] =>
  names.map(([name, type], i) => ({ ino: i + 2, name, type: type === 'folder' ? 4 : type === 'link' ? 10 : 8 }))

/** A folder of /proc. */
class ProcFolder extends Handle {
  override readonly positioned = true
  readonly path: string
  private readonly names: readonly Name[]

  constructor(path: string, names: readonly Name[]) {
    super()
    this.path = path
    this.names = names
  }
  override stat(): Stat {
    return { ...blankStat(Mode.DIR | 0o555, 1), nlink: 2 + this.names.filter(([, type]) => type === 'folder').length }
  }
  override entries(): readonly DirEntry[] {
    return rows(this.names)
  }
  override read(): number {
    return -E.ISDIR
  }
}

/** Files beside the processes, and those of one process. */
const TOP_FILES = ['cpuinfo', 'filesystems', 'loadavg', 'meminfo', 'mounts', 'stat', 'uptime', 'version'] as const
const OWN_FILES = ['cmdline', 'comm', 'maps', 'mountinfo', 'mounts', 'stat', 'statm', 'status'] as const
const OWN_LINKS = ['cwd', 'exe', 'root'] as const

/** A process descriptor: what 2026's ProcCalls go through. */
export class ProcHandle extends Handle {
  override readonly positioned = true
  readonly path: string
  readonly of: ProcessState
  constructor(of: ProcessState) {
    super()
    this.of = of
    this.path = `/scheme/proc/${of.pid}`
  }
  override stat(): Stat {
    return { ...blankStat(Mode.DIR | 0o555, this.of.pid), nlink: 3 }
  }
  override entries(): readonly DirEntry[] {
    return rows([
      ...OWN_FILES.map((name) => [name, 'file'] as const),
      ...OWN_LINKS.map((name) => [name, 'link'] as const),
      ['fd', 'folder'],
    ])
  }
}

/** Target of a link below /proc, if it is one: exe, cwd, root, fd/N. */
export function procLink(kernel: Kernel, process: ProcessState, ref: string): string | undefined {
  if (ref === 'self') return String(process.pid)
  const found = procOf(kernel, process, ref)
  if (found === undefined) return undefined
  const { of, file } = found
  if (file === 'exe') return of.exe
  if (file === 'cwd') return of.cwd.path
  if (file === 'root') return of.root.path
  return procDescription(kernel, process, ref)?.handle.path
}

/** The open description that fd/N below a process names. */
export function procDescription(kernel: Kernel, process: ProcessState, ref: string): Description | undefined {
  const found = procOf(kernel, process, ref)
  const fd = found && /^fd\/(\d+)$/.exec(found.file)
  return fd ? found.of.files.get(Number(fd[1])) : undefined
}

/** The files of Linux's /proc that programs read about themselves (proc(5)). */
export function openProc(kernel: Kernel, process: ProcessState, ref: string): Handle | number {
  const path = `/proc/${ref}`
  const top = topFile(kernel, ref)
  if (top !== undefined) return new TextHandle(path, top)
  if (ref === '') {
    const pids = [...kernel.table.processes.keys()].sort((a, b) => a - b)
    return new ProcFolder('/proc', [
      ...TOP_FILES.map((name) => [name, 'file'] as const),
      ['self', 'link'],
      ...pids.map((pid) => [String(pid), 'folder'] as const),
    ])
  }
  if (ref === 'meminfo') {
    const total = Math.floor(kernel.budget.limit / 1024)
    const free = total - Math.floor(kernel.budget.used / 1024)
    return new TextHandle(path, `MemTotal: ${total} kB\nMemFree: ${free} kB\nMemAvailable: ${free} kB\n`)
  }
  if (ref === 'cpuinfo') return new TextHandle(path, 'processor\t: 0\nvendor_id\t: bootgraph\n\n')
  const found = procOf(kernel, process, ref)
  if (found === undefined) return -E.NOENT
  const { of, file } = found
  if (file === '') return new ProcHandle(of)
  if (file === 'fd')
    return new ProcFolder(
      path,
      [...of.files.numbers()].map((fd) => [String(fd), 'link'] as const),
    )
  if (file === 'maps') return new TextHandle(path, maps(of))
  if (file === 'cmdline') return new TextHandle(path, joined(of.argv))
  if (file === 'comm') return new TextHandle(path, `${of.exe.split('/').at(-1)}\n`)
  if (file === 'stat') return new TextHandle(path, stat(of))
  if (file === 'statm') return new TextHandle(path, `${pages(of)} ${pages(of)} 0 0 0 ${pages(of)} 0\n`)
  if (file === 'mounts' || file === 'mountinfo') return new TextHandle(path, mounts(kernel, file === 'mountinfo'))
  if (file === 'status') return new TextHandle(path, status(of))
  return -E.NOENT
}

/** Files that are of no process. */
function topFile(kernel: Kernel, ref: string): string | undefined {
  const seconds = (Number(kernel.time.monotonic) / 1e9).toFixed(2)
  switch (ref) {
    case 'filesystems':
      return 'nodev\tproc\n\tredoxfs\n'
    case 'loadavg':
      return `0.00 0.00 0.00 1/${kernel.table.contexts.size} ${Math.max(...kernel.table.processes.keys())}\n`
    case 'mounts':
      return mounts(kernel, false)
    case 'stat':
      return `cpu  0 0 0 0 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0 0 0\nctxt 0\nbtime ${kernel.time.epoch / 1_000_000_000n}\nprocesses ${kernel.table.processes.size}\nprocs_running 1\nprocs_blocked 0\n`
    case 'uptime':
      return `${seconds} ${seconds}\n`
    case 'version':
      return 'Redox version 0.9.0\n'
  }
}

/** The root and what the node mounts, as /proc/mounts or /proc/self/mountinfo have it (proc(5)). */
function mounts(kernel: Kernel, detailed: boolean): string {
  const places = ['/', ...(kernel.options.mounts ?? []).map(({ at }) => at)]
  return places
    .map((at, i) =>
      detailed ? `${i + 20} ${i === 0 ? 1 : 20} 0:1 / ${at} rw,relatime - redoxfs file rw\n` : `file ${at} redoxfs rw,relatime 0 0\n`,
    )
    .join('')
}

const pages = ({ space }: ProcessState): number => space.grants.reduce((sum, { start, end }) => sum + end - start, 0) / 4096

/** The 52 fields of /proc/PID/stat, of which most are 0. */
function stat(of: ProcessState): string {
  const { pid, exe, parent, pgid, sid, contexts } = of
  const head = `${pid} (${exe.split('/').at(-1)?.slice(0, 15)}) R ${parent?.pid ?? 0} ${pgid} ${sid} 0 -1 0`
  const ticks = Math.floor((of.fuel * Number(FUEL_NS)) / 1e7)
  return `${head} 0 0 0 0 ${ticks} 0 0 0 20 0 ${contexts.length} 0 0 ${pages(of) * 4096} ${pages(of)} 18446744073709551615${' 0'.repeat(27)}\n`
}

function maps({ space }: ProcessState): string {
  const hex = (value: number) => value.toString(16).padStart(8, '0')
  return space.grants
    .map(({ start, end, perm, shared, offset, name }) => {
      const bits = `${perm & Perm.read ? 'r' : '-'}${perm & Perm.write ? 'w' : '-'}${perm & Perm.exec ? 'x' : '-'}${shared ? 's' : 'p'}`
      return `${hex(start)}-${hex(end)} ${bits} ${hex(offset)} 00:00 0 ${name}`.trimEnd()
    })
    .map((line) => `${line}\n`)
    .join('')
}

/** A mask as status has it. */
const hexMask = (mask: bigint): string => mask.toString(16).padStart(16, '0')

/** /proc/PID/status of what the node knows; the thread that SigPnd and SigBlk tell of is the first. */
function status(of: ProcessState): string {
  const { pid, exe, parent, contexts, ids, umask, files, limits, pending, actions, capabilities } = of
  const { uid, euid, suid, gid, egid, sgid, groups } = ids
  const mapped = `${String(pages(of) * 4).padStart(8)} kB`
  const own = contexts[0]?.pending ?? pending
  const handled = (wanted: (handler: number) => boolean): bigint =>
    [...actions].reduce((mask, [signal, { handler }]) => (wanted(handler) ? mask | bit(signal) : mask), 0n)
  const queued = contexts.reduce((sum, cx) => sum + cx.pending.total, pending.total)
  const lines: readonly (readonly [string, string | number])[] = [
    ['Name', exe.split('/').at(-1) ?? ''],
    ['Umask', umask.toString(8).padStart(4, '0')],
    ['State', of.stopped ? 'T (stopped)' : of.status === undefined ? 'R (running)' : 'Z (zombie)'],
    ['Tgid', pid],
    ['Ngid', 0],
    ['Pid', pid],
    ['PPid', parent?.pid ?? 0],
    ['TracerPid', 0],
    ['Uid', `${uid}\t${euid}\t${suid}\t${euid}`],
    ['Gid', `${gid}\t${egid}\t${sgid}\t${egid}`],
    ['FDSize', [...files.numbers()].reduce((size, fd) => (fd < size ? size : size * 2), 64)],
    ['Groups', `${groups.join(' ')} `],
    ['VmPeak', mapped],
    ['VmSize', mapped],
    ['VmHWM', mapped],
    ['VmRSS', mapped],
    ['Threads', contexts.length],
    ['SigQ', `${queued}/${limits[Resource.sigpending].soft}`],
    ['SigPnd', hexMask(own.mask)],
    ['ShdPnd', hexMask(pending.mask)],
    ['SigBlk', hexMask(contexts[0]?.mask ?? 0n)],
    ['SigIgn', hexMask(handled((handler) => handler === 1))],
    ['SigCgt', hexMask(handled((handler) => handler > 1))],
    ['CapInh', hexMask(capabilities.inheritable)],
    ['CapPrm', hexMask(capabilities.permitted)],
    ['CapEff', hexMask(capabilities.effective)],
    ['CapBnd', hexMask(ALL_CAPABILITIES.permitted)],
    ['CapAmb', hexMask(0n)],
    ['Cpus_allowed', 1],
    ['Cpus_allowed_list', 0],
  ]
  return lines.map(([name, value]) => `${name}:\t${value}\n`).join('')
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length + 1, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length + 1
  }
  return out
}
