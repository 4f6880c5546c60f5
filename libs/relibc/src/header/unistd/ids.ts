/** Process, group and user numbers; limits of the system. */

import { tidOf } from '../../platform/platform.ts'
import { answer, EFAULT, target } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { leaf, type SymbolRow } from '../../registry/define.ts'
import { filesMax } from '../sys_resource/index.ts'

const EINVAL = 22
const EPERM = 1

/** Values of sysconf that the model has, by key of Abi.sysconf. */
const LIMITS = {
  'arg-max': 2_097_152,
  'child-max': 4096,
  'clk-tck': 100,
  'page-size': 4096,
  processors: 1,
  pages: 524_288,
  'getpw-size': 1024,
  'stream-max': 16,
  'iov-max': 1024,
  'host-name-max': 64,
  'login-name-max': 256,
  version: 200_809,
  'symloop-max': 40,
  'groups-max': 65_536,
  'signal-stack-min': 2048,
  'signal-stack': 8192,
} as const

function sysconf(c: LibcCall, name: number): number {
  const key = c.abi.sysconf.get(name)
  if (key === 'open-max') return filesMax(c)
  if (key !== undefined) return LIMITS[key]
  const constant = c.abi.sysconfConstants?.get(name)
  if (constant !== undefined) return constant
  // What glibc does not know, or knows of caches, is no gap.
  if (c.abi.sysconfConstants !== undefined) return name >= 185 && name <= 199 ? 0 : c.fail(EINVAL)
  c.gap('sysconf', `name ${name}`)
  return c.fail(EINVAL)
}

type Kind = 'user' | 'group'

/** Real, effective and saved. */
function idsOf(c: LibcCall, kind: Kind): readonly number[] {
  const { uid, euid, suid, gid, egid, sgid } = c.kernel.ids(c.cx)
  return kind === 'user' ? [uid, euid, suid] : [gid, egid, sgid]
}
const NONE = 0xffff_ffff

/** setuid(2): the superuser becomes somebody wholly, others only change the effective id. */
function become(c: LibcCall, kind: Kind, id: number): number {
  if (id >>> 0 === NONE) return c.fail(EINVAL)
  const root = c.kernel.ids(c.cx).euid === 0
  const [real, , saved] = idsOf(c, kind)
  if (!root && id !== real && id !== saved) return c.fail(EPERM)
  return setAll(c, kind, root ? [id, id, id] : [NONE, id, NONE])
}
const effective = (c: LibcCall, kind: Kind, id: number): number => (id >>> 0 === NONE ? c.fail(EINVAL) : setAll(c, kind, [NONE, id, NONE]))

/** setreuid(2): the saved id follows the effective one, unless nothing but the old real one was asked for. */
function setPair(c: LibcCall, kind: Kind, real: number, effective: number): number {
  const [ownReal, ownEffective, saved] = idsOf(c, kind)
  const root = c.kernel.ids(c.cx).euid === 0
  const [wantedReal, wanted] = [real, effective].map((id) => id >>> 0)
  if (!root && wantedReal !== NONE && wantedReal !== ownReal && wantedReal !== ownEffective) return c.fail(EPERM)
  if (!root && wanted !== NONE && ![ownReal, ownEffective, saved].includes(wanted)) return c.fail(EPERM)
  const follows = wantedReal !== NONE || (wanted !== NONE && wanted !== ownReal)
  return setAll(c, kind, [wantedReal, wanted, follows ? (wanted === NONE ? ownEffective : wanted) : NONE])
}

/** -1 leaves an id as it is. */
const setAll = (c: LibcCall, kind: Kind, wanted: readonly number[]): number => {
  const ids = wanted.map((id) => (id >>> 0 === NONE ? undefined : id >>> 0))
  return answer(c, c.kernel.setIds(c.cx, kind, ids))
}

function putAll(c: LibcCall, kind: Kind, out: readonly number[]): number {
  if (!out.every((at) => target(c, at, 4) !== undefined)) return c.fail(EFAULT)
  for (const [i, id] of idsOf(c, kind).entries()) c.memory.setU32(out[i], id)
  return 0
}

function getgroups(c: LibcCall, size: number, list: number): number {
  const { groups } = c.kernel.ids(c.cx)
  if (size === 0) return groups.length
  if (size < groups.length) return c.fail(EINVAL)
  if (target(c, list, 4 * groups.length) === undefined) return c.fail(EFAULT)
  groups.forEach((group, i) => {
    c.memory.setU32(list + 4 * i, group)
  })
  return groups.length
}

export const idRows: readonly SymbolRow[] = [
  leaf('getpid', 'int()', (c) => c.kernel.getpid(c.cx)),
  leaf('getppid', 'int()', (c) => c.kernel.getppid(c.cx)),
  leaf('gettid', 'int()', (c) => tidOf(c, c.cx)),
  leaf('getpgid', 'int(int)', (c, pid: number) => answer(c, c.kernel.getpgid(c.cx, pid))),
  leaf('getpgrp', 'int()', (c) => answer(c, c.kernel.getpgid(c.cx, 0))),
  leaf('setpgid', 'int(int, int)', (c, pid: number, pgid: number) => answer(c, c.kernel.setpgid(c.cx, pid, pgid))),
  leaf('getsid', 'int(int)', (c, pid: number) => answer(c, c.kernel.getsid(c.cx, pid))),
  leaf('setsid', 'int()', (c) => answer(c, c.kernel.setsid(c.cx))),
  leaf('getuid', 'uint()', (c) => c.kernel.ids(c.cx).uid),
  leaf('geteuid', 'uint()', (c) => c.kernel.ids(c.cx).euid),
  leaf('getgid', 'uint()', (c) => c.kernel.ids(c.cx).gid),
  leaf('getegid', 'uint()', (c) => c.kernel.ids(c.cx).egid),
  leaf('setuid', 'int(uint)', (c, id: number) => become(c, 'user', id)),
  leaf('setgid', 'int(uint)', (c, id: number) => become(c, 'group', id)),
  leaf('seteuid', 'int(uint)', (c, id: number) => effective(c, 'user', id)),
  leaf('setegid', 'int(uint)', (c, id: number) => effective(c, 'group', id)),
  leaf('setreuid', 'int(uint, uint)', (c, real: number, id: number) => setPair(c, 'user', real, id)),
  leaf('setregid', 'int(uint, uint)', (c, real: number, id: number) => setPair(c, 'group', real, id)),
  leaf('setresuid', 'int(uint, uint, uint)', (c, ...ids: number[]) => setAll(c, 'user', ids)),
  leaf('setresgid', 'int(uint, uint, uint)', (c, ...ids: number[]) => setAll(c, 'group', ids)),
  leaf('getresuid', 'int(ptr, ptr, ptr)', (c, ...out: number[]) => putAll(c, 'user', out)),
  leaf('getresgid', 'int(ptr, ptr, ptr)', (c, ...out: number[]) => putAll(c, 'group', out)),
  leaf('setpgrp', 'int()', (c) => answer(c, c.kernel.setpgid(c.cx, 0, 0))),
  leaf('getgroups', 'int(int, ptr)', getgroups),
  leaf('sysconf', 'long(int)', sysconf),
  leaf('getpagesize', 'int()', () => 4096),
  leaf('get_nprocs', 'int()', () => LIMITS.processors),
  leaf('get_nprocs_conf', 'int()', () => LIMITS.processors),
]
