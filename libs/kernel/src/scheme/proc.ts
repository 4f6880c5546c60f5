import { Perm } from '@bootgraph/cpu'
import { E } from '../abi/error.ts'
import type { ProcessState } from '../context/process.ts'
import type { Kernel } from '../kernel.ts'
import { TextHandle } from './device.ts'
import { Handle } from './handle.ts'

/** The process that `self` or a number names. */
export function procOf(kernel: Kernel, process: ProcessState, ref: string): { of: ProcessState; file: string } | undefined {
  const [who, ...rest] = ref.split('/')
  const of = who === 'self' ? process : kernel.table.processes.get(Number(who))
  return of && { of, file: rest.join('/') }
}

/** A process descriptor: what 2026's ProcCalls go through. */
export class ProcHandle extends Handle {
  readonly path: string
  readonly of: ProcessState
  constructor(of: ProcessState) {
    super()
    this.of = of
    this.path = `/scheme/proc/${of.pid}`
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
  const fd = /^fd\/(\d+)$/.exec(file)
  return fd ? of.files.get(Number(fd[1]))?.handle.path : undefined
}

/** The files of Linux's /proc that programs read about themselves (proc(5)). */
export function openProc(kernel: Kernel, process: ProcessState, ref: string): Handle | number {
  const path = `/proc/${ref}`
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
  if (file === 'maps') return new TextHandle(path, maps(of))
  if (file === 'cmdline') return new TextHandle(path, joined(of.argv))
  if (file === 'comm') return new TextHandle(path, `${of.exe.split('/').at(-1)}\n`)
  if (file === 'status') return new TextHandle(path, status(of))
  return -E.NOENT
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

function status({ pid, exe, parent, contexts, ids, space }: ProcessState): string {
  const mapped = space.grants.reduce((sum, { start, end }) => sum + end - start, 0) / 1024
  const { uid, euid, gid, egid } = ids
  return `Name:\t${exe.split('/').at(-1)}\nState:\tR (running)\nTgid:\t${pid}\nPid:\t${pid}\nPPid:\t${parent?.pid ?? 0}\nUid:\t${uid}\t${euid}\t${euid}\t${euid}\nGid:\t${gid}\t${egid}\t${egid}\t${egid}\nVmSize:\t${mapped} kB\nVmRSS:\t${mapped} kB\nThreads:\t${contexts.length}\n`
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
