/**
 * https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/spawn.h.html
 *
 * Objects are ours inside (both C libraries make them opaque): file actions { first node @0, last @8 }, attributes
 * { flags u32 @0, pgroup i32 @4, sigdefault u64 @8, sigmask u64 @16, policy i32 @24, priority i32 @28 }. A node is a mapping of its own:
 * { next @0, op u32 @8, fd @12, to or flags @16, mode @20, path bytes with NUL @24 }.
 */
import type { Co, SpawnRequest } from '@bootgraph/kernel'
import { readSigset, writeSigset } from '../../abi/structs.ts'
import { mapPages } from '../../platform/threads.ts'
import { cstring, path, readable, vector, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { callback, type HeaderTable, leaf } from '../../registry/define.ts'
import { candidates, environment, PASSED_OVER } from '../process/index.ts'

const EPERM = 1
const ENOENT = 2
const ENOMEM = 12
const EACCES = 13
const EFAULT = 14
const EINVAL = 22
const ENAMETOOLONG = 36
const NODE = 4096
const Op = { close: 1, dup2: 2, open: 3, chdir: 4, fchdir: 5 } as const
const Flag = { setpgroup: 2, setsigdef: 4, setsigmask: 8, setparam: 0x10, setscheduler: 0x20, setsid: 0x80 } as const
/** POSIX_SPAWN_RESETIDS and POSIX_SPAWN_USEVFORK among them, which ask for nothing here. */
const ALL_FLAGS = 0xff
const ATTR_SIZE = 32

function add(c: LibcCall, actions: number, op: number, fd: number, to: number, mode: number, name: number): number {
  if (!writable(c, actions, 16)) return EFAULT
  const text = name === 0 ? new Uint8Array() : cstring(c, name)
  if (text === undefined) return EFAULT
  if (text.length > NODE - 32) return ENAMETOOLONG
  const node = mapPages(c, NODE)
  if (node === 0) return ENOMEM
  const { memory } = c
  memory.setU32(node + 8, op)
  memory.setI32(node + 12, fd)
  memory.setI32(node + 16, to)
  memory.setU32(node + 20, mode)
  memory.u8.set(text, node + 24)
  const last = memory.getSize(actions + 8)
  memory.setSize(last === 0 ? actions : last, node)
  memory.setSize(actions + 8, node)
  return 0
}

function destroy(c: LibcCall, actions: number): number {
  if (!writable(c, actions, 16)) return EFAULT
  for (let node = c.memory.getSize(actions); node !== 0 && readable(c, node, NODE); ) {
    const next = c.memory.getSize(node)
    c.kernel.munmap(c.cx, node, NODE)
    node = next
  }
  c.memory.bytes(actions, 16).fill(0)
  return 0
}

function list(c: LibcCall, actions: number): SpawnRequest['actions'] {
  const out: SpawnRequest['actions'][number][] = []
  if (actions === 0) return out
  const { memory } = c
  for (let node = memory.getSize(actions); node !== 0 && readable(c, node, NODE); node = memory.getSize(node)) {
    const fd = memory.getI32(node + 12)
    const to = memory.getI32(node + 16)
    const name = c.string(node + 24)
    const op = memory.getU32(node + 8)
    if (op === Op.close) out.push({ op: 'close', fd })
    else if (op === Op.dup2) out.push({ op: 'dup2', fd, to })
    else if (op === Op.open) out.push({ op: 'open', fd, path: name, flags: c.abi.openFlags(to), mode: memory.getU32(node + 20) })
    else if (op === Op.chdir) out.push({ op: 'chdir', path: name })
    else out.push({ op: 'fchdir', fd })
  }
  return out
}

function attributes(c: LibcCall, attr: number): Pick<SpawnRequest, 'pgroup' | 'sigmask' | 'sigdefault' | 'setsid'> {
  if (attr === 0) return {}
  const flags = c.memory.getU32(attr)
  return {
    ...(flags & Flag.setpgroup ? { pgroup: c.memory.getI32(attr + 4) } : {}),
    ...(flags & Flag.setsigdef ? { sigdefault: c.memory.getU64(attr + 8) } : {}),
    ...(flags & Flag.setsigmask ? { sigmask: c.memory.getU64(attr + 16) } : {}),
    ...(flags & Flag.setsid ? { setsid: true } : {}),
  }
}

/** An errno. A child has the one policy that there is, SCHED_OTHER, whose one priority is 0; nobody may ask for another. */
function scheduling(c: LibcCall, attr: number): number {
  const flags = attr === 0 ? 0 : c.memory.getU32(attr)
  const [policy, priority] = attr === 0 ? [0, 0] : [c.memory.getI32(attr + 24), c.memory.getI32(attr + 28)]
  if ((flags & Flag.setscheduler) === 0) return flags & Flag.setparam && priority !== 0 ? EINVAL : 0
  const realTime = policy === 1 || policy === 2
  if (policy < 0 || policy > 6 || policy === 4 || (realTime ? priority < 1 || priority > 99 : priority !== 0)) return EINVAL
  return policy === 0 ? 0 : EPERM
}

function* spawn(
  c: LibcCall,
  pid: number,
  file: number,
  actions: number,
  attr: number,
  argv: number,
  envp: number,
  search: boolean,
): Co<number> {
  const name = path(c, file)
  const args = vector(c, argv)
  const env = vector(c, envp === 0 ? environment(c) : envp)
  const bad =
    (pid !== 0 && !writable(c, pid, 4)) || (attr !== 0 && !readable(c, attr, ATTR_SIZE)) || (actions !== 0 && !readable(c, actions, 16))
  if (bad || name === undefined || args === undefined || env === undefined) return EFAULT
  const unscheduled = scheduling(c, attr)
  if (unscheduled !== 0) return unscheduled
  let errno = ENOENT
  for (const candidate of search ? candidates(c, name) : [name]) {
    const child = yield* c.kernel.spawn(c.cx, { path: candidate, argv: args, envp: env, actions: list(c, actions), ...attributes(c, attr) })
    if (child >= 0) {
      if (pid !== 0) c.memory.setU32(pid, child)
      return 0
    }
    if (!PASSED_OVER.has(-child)) return -child
    if (errno !== EACCES) errno = -child
  }
  return errno
}

/** Copies `size` bytes of an attribute in or out. */
const field =
  (offset: number, size: 2 | 4, set: boolean) =>
  (c: LibcCall, attr: number, value: number): number => {
    if (!writable(c, attr, ATTR_SIZE) || (!set && !writable(c, value, size))) return EFAULT
    if (set) c.memory.setU32(attr + offset, value)
    else if (size === 2) c.memory.setU16(value, c.memory.getU16(attr + offset))
    else c.memory.setU32(value, c.memory.getU32(attr + offset))
    return 0
  }

const sigset =
  (offset: number, set: boolean) =>
  (c: LibcCall, attr: number, value: number): number => {
    if (!writable(c, attr, ATTR_SIZE) || !readable(c, value, c.abi.sigsetSize)) return EFAULT
    if (set) c.memory.setU64(attr + offset, readSigset(c.memory, value))
    else if (writable(c, value, c.abi.sigsetSize)) writeSigset(c.memory, value, c.abi.sigsetSize, c.memory.getU64(attr + offset))
    else return EFAULT
    return 0
  }

const clear =
  (size: number) =>
  (c: LibcCall, at: number): number => {
    if (!writable(c, at, size)) return EFAULT
    c.memory.bytes(at, size).fill(0)
    return 0
  }

type SpawnArguments = [pid: number, file: number, actions: number, attr: number, argv: number, envp: number]

export const spawnHeader: HeaderTable = {
  name: 'spawn',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/spawn.h.html',
  rows: [
    callback('posix_spawn', 'int(ptr, ptr, ptr, ptr, ptr, ptr)', (c, ...args: SpawnArguments) => spawn(c, ...args, false)),
    callback('posix_spawnp', 'int(ptr, ptr, ptr, ptr, ptr, ptr)', (c, ...args: SpawnArguments) => spawn(c, ...args, true)),
    leaf('posix_spawn_file_actions_addchdir_np', 'int(ptr, ptr)', (c, list: number, name: number) => add(c, list, Op.chdir, 0, 0, 0, name)),
    leaf('posix_spawn_file_actions_addclose', 'int(ptr, int)', (c, list: number, fd: number) => add(c, list, Op.close, fd, 0, 0, 0)),
    leaf('posix_spawn_file_actions_adddup2', 'int(ptr, int, int)', (c, list: number, fd: number, to: number) =>
      add(c, list, Op.dup2, fd, to, 0, 0),
    ),
    leaf('posix_spawn_file_actions_addfchdir_np', 'int(ptr, int)', (c, list: number, fd: number) => add(c, list, Op.fchdir, fd, 0, 0, 0)),
    leaf(
      'posix_spawn_file_actions_addopen',
      'int(ptr, int, ptr, int, uint)',
      (c, list: number, fd: number, name: number, flags: number, mode: number) => add(c, list, Op.open, fd, flags, mode, name),
    ),
    leaf('posix_spawn_file_actions_destroy', 'int(ptr)', destroy),
    leaf('posix_spawn_file_actions_init', 'int(ptr)', clear(16)),
    leaf('posix_spawnattr_destroy', 'int(ptr)', () => 0),
    leaf('posix_spawnattr_getflags', 'int(ptr, ptr)', field(0, 2, false)),
    leaf('posix_spawnattr_getpgroup', 'int(ptr, ptr)', field(4, 4, false)),
    leaf('posix_spawnattr_getschedparam', 'int(ptr, ptr)', field(28, 4, false)),
    leaf('posix_spawnattr_getschedpolicy', 'int(ptr, ptr)', field(24, 4, false)),
    leaf('posix_spawnattr_getsigdefault', 'int(ptr, ptr)', sigset(8, false)),
    leaf('posix_spawnattr_getsigmask', 'int(ptr, ptr)', sigset(16, false)),
    leaf('posix_spawnattr_init', 'int(ptr)', clear(ATTR_SIZE)),
    leaf('posix_spawnattr_setflags', 'int(ptr, int)', (c, attr: number, flags: number) =>
      flags & ~ALL_FLAGS ? EINVAL : field(0, 2, true)(c, attr, flags),
    ),
    leaf('posix_spawnattr_setpgroup', 'int(ptr, int)', field(4, 4, true)),
    leaf('posix_spawnattr_setschedparam', 'int(ptr, ptr)', (c, attr: number, at: number) => {
      if (!writable(c, attr, ATTR_SIZE) || !readable(c, at, 4)) return EFAULT
      c.memory.setI32(attr + 28, c.memory.getI32(at))
      return 0
    }),
    leaf('posix_spawnattr_setschedpolicy', 'int(ptr, int)', (c, attr: number, policy: number) =>
      policy < 0 || policy > 2 ? EINVAL : field(24, 4, true)(c, attr, policy),
    ),
    leaf('posix_spawnattr_setsigdefault', 'int(ptr, ptr)', sigset(8, true)),
    leaf('posix_spawnattr_setsigmask', 'int(ptr, ptr)', sigset(16, true)),
  ],
}
