/** Commands for the shell: https://pubs.opengroup.org/onlinepubs/9699919799/functions/system.html, popen.html. */
import type { Co } from '@bootgraph/kernel'
import { cstring, EFAULT, path, vector } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { callback, type SymbolRow } from '../../registry/define.ts'
import { File, isStream, makeStream, streams } from '../stdio/stream.ts'
import { fclose, modeOf, O } from '../stdio/streams.ts'
import { environment, SHELL } from './index.ts'

const EINVAL = 22
const ENOMEM = 12
const ECHILD = 10
const SIGINT = 2
const SIGQUIT = 3
const SIGCHLD = 17
const SIG_BLOCK = 0
const SIG_SETMASK = 2
const NO_SHELL = 127 << 8
const IGNORE = { handler: 1, flags: 0, restorer: 0, mask: 0n }
const bit = (signal: number): bigint => 1n << BigInt(signal - 1)

const shellCommand = (command: Uint8Array): Uint8Array[] => [...['sh', '-c'].map((text) => new TextEncoder().encode(text)), command]

/** Waits for one child until it has ended; its status or -errno. */
function* ended(c: LibcCall, pid: number): Co<number> {
  for (;;) {
    const got = yield* c.kernel.waitpid(c.cx, pid, 0)
    if (typeof got !== 'number') return got.status
    if (got !== -4) return got
  }
}

/** The caller ignores SIGINT and SIGQUIT and holds SIGCHLD back meanwhile; the command has them as the caller had them. */
function* system(c: LibcCall, command: number): Co<number> {
  const { cx, kernel } = c
  if (command === 0) return kernel.access(cx, -100, SHELL, 1) === 0 ? 1 : 0
  const text = cstring(c, command)
  const envp = vector(c, environment(c))
  if (text === undefined || envp === undefined) return c.fail(EFAULT)
  const before = [SIGINT, SIGQUIT].map((signal) => ({ signal, action: kernel.sigaction(cx, signal, IGNORE) }))
  const mask = kernel.sigprocmask(cx, SIG_BLOCK, bit(SIGCHLD))
  const wanted = before.filter(({ action }) => typeof action !== 'number' && action.handler !== 1)
  const pid = yield* kernel.spawn(cx, {
    path: SHELL,
    argv: shellCommand(text),
    envp,
    actions: [],
    sigdefault: wanted.reduce((set, { signal }) => set | bit(signal), 0n),
    ...(typeof mask === 'bigint' ? { sigmask: mask } : {}),
  })
  const status = pid < 0 ? NO_SHELL : yield* ended(c, pid)
  for (const { signal, action } of before) if (typeof action !== 'number') kernel.sigaction(cx, signal, action)
  if (typeof mask === 'bigint') kernel.sigprocmask(cx, SIG_SETMASK, mask)
  return status < 0 ? c.fail(-status) : status
}

function* popen(c: LibcCall, command: number, mode: number): Co<number> {
  const { cx, kernel } = c
  const [text, how] = [cstring(c, command), path(c, mode)]
  const envp = vector(c, environment(c))
  if (text === undefined || how === undefined || envp === undefined) return c.fail(EFAULT) + 1
  const flags = modeOf(how)
  if (flags === undefined || !/^[rw]e?$/.test(how)) return c.fail(EINVAL) + 1
  const pipe = kernel.pipe(cx, O.cloexec)
  if (typeof pipe === 'number') return c.fail(-pipe) + 1
  const [own, theirs, standard] = how[0] === 'r' ? [pipe[0], pipe[1], 1] : [pipe[1], pipe[0], 0]
  // A child does not keep the pipes of streams that earlier calls opened.
  const earlier = streams(c).filter((file) => c.memory.getU32(file + File.pid) !== 0)
  const pid = yield* kernel.spawn(cx, {
    path: SHELL,
    argv: shellCommand(text),
    envp,
    actions: [
      ...earlier.map((file) => ({ op: 'close', fd: c.memory.getI32(file + File.fd) }) as const),
      { op: 'dup2', fd: theirs, to: standard },
    ],
  })
  yield* kernel.close(cx, theirs)
  const file = pid < 0 ? 0 : makeStream(c, own, flags.stream)
  if (file === 0) {
    yield* kernel.close(cx, own)
    return c.fail(pid < 0 ? -pid : ENOMEM) + 1
  }
  if (!how.includes('e')) yield* kernel.fcntl(cx, own, 2, 0)
  c.memory.setU32(file + File.pid, pid)
  return file
}

function* pclose(c: LibcCall, file: number): Co<number> {
  const pid = isStream(c, file) ? c.memory.getU32(file + File.pid) : 0
  if (pid === 0) return c.fail(ECHILD)
  yield* fclose(c, file)
  const status = yield* ended(c, pid)
  return status < 0 ? c.fail(-status) : status
}

export const shellRows: readonly SymbolRow[] = [
  callback('pclose', 'int(ptr)', pclose),
  callback('popen', 'ptr(ptr, ptr)', popen),
  callback('system', 'int(ptr)', system),
]
