/** fork, exec and wait: https://pubs.opengroup.org/onlinepubs/9699919799/functions/fork.html and its neighbours. */
import { type Co, callGuest } from '@bootgraph/kernel'
import { writeTimeval } from '../../abi/structs.ts'
import { platformOf } from '../../platform/platform.ts'
import { Area } from '../../platform/thread-block.ts'
import { EFAULT, path, vector, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, callback, type HeaderTable } from '../../registry/define.ts'

const ENOENT = 2
const EACCES = 13
const ENOEXEC = 8
const ENOTDIR = 20
const RUSAGE = 144
export const SHELL = '/bin/sh'
/** Errors after which the next folder of PATH is tried. */
export const PASSED_OVER: ReadonlySet<number> = new Set([ENOENT, EACCES, ENOTDIR])

/** Which of the three handlers of one pthread_atfork. */
export const Atfork = { prepare: 0, parent: 1, child: 2 } as const

/** Handlers of pthread_atfork: prepare in reverse order, parent and child in order. */
export function* forkHandlers(c: LibcCall, which: 0 | 1 | 2): Co<void> {
  const reverse = which === Atfork.prepare
  const { area } = platformOf(c)
  const count = c.memory.getU32(area + Area.atforkCount)
  for (let i = 0; i < count; i++) {
    const fn = c.memory.getSize(area + Area.atfork + (reverse ? count - 1 - i : i) * 24 + which * 8)
    if (fn !== 0) yield* callGuest(fn)
  }
}

function* fork(c: LibcCall): Co<number> {
  const { cx } = c
  yield* forkHandlers(c, Atfork.prepare)
  const pid = yield* c.kernel.fork(cx)
  yield* forkHandlers(c, Atfork.parent)
  return pid < 0 ? c.fail(-pid) : pid
}

export const environment = (c: LibcCall): number => c.memory.getSize(c.object('environ'))

/** The value of a variable of the program's environment. */
export function variable(c: LibcCall, name: string): string | undefined {
  const prefix = `${name}=`
  const found = (vector(c, environment(c)) ?? []).map((bytes) => new TextDecoder().decode(bytes)).find((text) => text.startsWith(prefix))
  return found?.slice(prefix.length)
}

/** Where a command without a slash is looked for, in order; with a slash only itself. */
export function candidates(c: LibcCall, file: string): readonly string[] {
  if (file.includes('/')) return [file]
  return (variable(c, 'PATH') ?? '/bin:/usr/bin').split(':').map((dir) => `${dir === '' ? '.' : dir}/${file}`)
}

function* exec(c: LibcCall, file: number, argv: number, envp: number, search: boolean): Co<number> {
  const name = path(c, file)
  const args = vector(c, argv)
  const env = vector(c, envp)
  if (name === undefined || args === undefined || env === undefined) return c.fail(EFAULT)
  let errno = ENOENT
  for (const candidate of search ? candidates(c, name) : [name]) {
    let failed = -(yield* c.kernel.exec(c.cx, candidate, args, env))
    // execvp takes a file that is no program for a script of the shell (POSIX exec).
    if (search && failed === ENOEXEC) failed = -(yield* c.kernel.exec(c.cx, SHELL, shellArguments(candidate, args), env))
    if (!PASSED_OVER.has(failed)) return c.fail(failed)
    if (errno !== EACCES) errno = failed
  }
  return c.fail(errno)
}

/** argv of the shell that runs a script. */
export function shellArguments(script: string, args: readonly Uint8Array[]): Uint8Array[] {
  return [...[SHELL, script].map((text) => new TextEncoder().encode(text)), ...args.slice(1)]
}

function* wait4(c: LibcCall, pid: number, status: number, options: number, usage: number): Co<number> {
  if ((status !== 0 && !writable(c, status, 4)) || (usage !== 0 && !writable(c, usage, RUSAGE))) return c.fail(EFAULT)
  const ended = yield* c.kernel.waitpid(c.cx, pid, options)
  if (typeof ended === 'number') return ended < 0 ? c.fail(-ended) : ended
  if (status !== 0 && ended.pid !== 0) c.memory.setU32(status, ended.status)
  if (usage !== 0) {
    c.memory.bytes(usage, RUSAGE).fill(0)
    writeTimeval(c.memory, usage, ended.rusage?.userNs ?? 0n)
  }
  return ended.pid
}

export const processHeader: HeaderTable = {
  name: 'unistd (processes), sys/wait',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/sys_wait.h.html',
  rows: [
    callback('execv', 'int(ptr, ptr)', (c, file: number, argv: number) => exec(c, file, argv, environment(c), false)),
    callback('execve', 'int(ptr, ptr, ptr)', (c, file: number, argv: number, envp: number) => exec(c, file, argv, envp, false)),
    callback('execvp', 'int(ptr, ptr)', (c, file: number, argv: number) => exec(c, file, argv, environment(c), true)),
    callback('execvpe', 'int(ptr, ptr, ptr)', (c, file: number, argv: number, envp: number) => exec(c, file, argv, envp, true)),
    callback('fork', 'int()', fork),
    alias('vfork', 'fork'),
    callback('wait', 'int(ptr)', (c, status: number) => wait4(c, -1, status, 0, 0)),
    callback('wait4', 'int(int, ptr, int, ptr)', wait4),
    callback('waitpid', 'int(int, ptr, int)', (c, pid: number, status: number, options: number) => wait4(c, pid, status, options, 0)),
  ],
}
