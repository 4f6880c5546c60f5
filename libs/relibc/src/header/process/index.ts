/** fork, exec and wait: https://pubs.opengroup.org/onlinepubs/9699919799/functions/fork.html and its neighbours. */
import { type Co, callGuest } from '@bootgraph/kernel'
import { platformOf } from '../../platform/platform.ts'
import { Area } from '../../platform/thread-block.ts'
import { cstring, EFAULT, path, vector } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, callback, type HeaderTable } from '../../registry/define.ts'
import type { VaList } from '../../registry/va-list.ts'
import { enterTerminal } from '../pty/login.ts'
import { shellRows } from './shell.ts'
import { waitRows } from './wait.ts'

const ENOENT = 2
const EACCES = 13
const ENOEXEC = 8
const ENOTDIR = 20
const RDWR = 0x3_0000
const ARGUMENTS_MAX = 65_536
export const SHELL = '/bin/sh'
/** Errors after which the next folder of PATH is tried. */
export const PASSED_OVER: ReadonlySet<number> = new Set([ENOENT, EACCES, ENOTDIR])

/** Which of the three handlers of one pthread_atfork. */
const Atfork = { prepare: 0, parent: 1, child: 2 } as const

/** Handlers of pthread_atfork: prepare in reverse order, parent and child in order. */
function* forkHandlers(c: LibcCall, which: 0 | 1 | 2): Co<void> {
  const reverse = which === Atfork.prepare
  const { area } = platformOf(c)
  const count = c.memory.getU32(area + Area.atforkCount)
  for (let i = 0; i < count; i++) {
    const fn = c.memory.getSize(area + Area.atfork + (reverse ? count - 1 - i : i) * 24 + which * 8)
    if (fn !== 0) yield* callGuest(fn)
  }
}

export function* fork(c: LibcCall): Co<number> {
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
  return yield* execFound(c, name, args, env, search)
}

function* execFound(c: LibcCall, name: string, args: readonly Uint8Array[], env: readonly Uint8Array[], search: boolean): Co<number> {
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

/** The arguments of execl and its kin up to their null pointer. */
function* execList(c: LibcCall, file: number, first: number, rest: VaList, search: boolean, withEnvironment: boolean): Co<number> {
  const pointers: number[] = []
  for (let at = first; at !== 0 && pointers.length < ARGUMENTS_MAX; at = rest.ptr()) pointers.push(at)
  const args = pointers.map((at) => cstring(c, at))
  const name = path(c, file)
  const env = vector(c, withEnvironment ? rest.ptr() : environment(c))
  if (name === undefined || env === undefined || args.includes(undefined)) return c.fail(EFAULT)
  return yield* execFound(c, name, args as Uint8Array[], env, search)
}

/** What a forked child does before fork returns in it. */
export function* inChild(c: LibcCall): Co<void> {
  yield* forkHandlers(c, Atfork.child)
  yield* becomeDaemon(c)
  yield* enterTerminal(c)
}

/** What the child of daemon(3) does: a session of its own, the root as folder, no standard streams. */
function* becomeDaemon(c: LibcCall): Co<void> {
  const { area } = platformOf(c)
  const { cx, kernel } = c
  const wanted = c.memory.getU32(area + Area.daemon)
  if (wanted === 0) return
  c.memory.setU32(area + Area.daemon, 0)
  kernel.setsid(cx)
  if (!(wanted & Daemon.keepFolder)) kernel.chdir(cx, '/')
  if (wanted & Daemon.keepStreams) return
  const fd = yield* kernel.open(cx, '/dev/null', RDWR, 0)
  for (const standard of [0, 1, 2]) if (fd >= 0) kernel.dup2(cx, fd, standard)
  if (fd > 2) yield* kernel.close(cx, fd)
}

const Daemon = { wanted: 1, keepFolder: 2, keepStreams: 4 } as const

function* daemon(c: LibcCall, keepFolder: number, keepStreams: number): Co<number> {
  const word = platformOf(c).area + Area.daemon
  c.memory.setU32(word, Daemon.wanted | (keepFolder ? Daemon.keepFolder : 0) | (keepStreams ? Daemon.keepStreams : 0))
  const pid = yield* fork(c)
  c.memory.setU32(word, 0)
  return pid < 0 ? pid : yield* c.kernel.exit(c.cx, 0)
}

export const processHeader: HeaderTable = {
  name: 'unistd (processes), sys/wait',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/sys_wait.h.html',
  rows: [
    callback('daemon', 'int(int, int)', daemon),
    callback('execl', 'int(ptr, ptr, ...)', (c, file: number, first: number, rest: VaList) => execList(c, file, first, rest, false, false)),
    callback('execle', 'int(ptr, ptr, ...)', (c, file: number, first: number, rest: VaList) => execList(c, file, first, rest, false, true)),
    callback('execlp', 'int(ptr, ptr, ...)', (c, file: number, first: number, rest: VaList) => execList(c, file, first, rest, true, false)),
    callback('execv', 'int(ptr, ptr)', (c, file: number, argv: number) => exec(c, file, argv, environment(c), false)),
    callback('execve', 'int(ptr, ptr, ptr)', (c, file: number, argv: number, envp: number) => exec(c, file, argv, envp, false)),
    callback('execvp', 'int(ptr, ptr)', (c, file: number, argv: number) => exec(c, file, argv, environment(c), true)),
    callback('execvpe', 'int(ptr, ptr, ptr)', (c, file: number, argv: number, envp: number) => exec(c, file, argv, envp, true)),
    callback('fexecve', 'int(int, ptr, ptr)', function* (c, fd: number, argv: number, envp: number) {
      const [args, env, file] = [vector(c, argv), vector(c, envp), c.kernel.fpath(c.cx, fd)]
      if (args === undefined || env === undefined) return c.fail(EFAULT)
      return typeof file === 'number' ? c.fail(-file) : yield* execFound(c, file, args, env, false)
    }),
    callback('fork', 'int()', fork),
    alias('vfork', 'fork'),
    ...waitRows,
    ...shellRows,
  ],
}
