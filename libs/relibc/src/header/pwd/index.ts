/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/pwd.h.html and grp.h.html, and GNU's shadow.h and gshadow.h */
import type { Co } from '@bootgraph/kernel'
import { EFAULT, path, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, type HeaderTable, leaf, object } from '../../registry/define.ts'
import { enumeration, fromStream, fromString, lookUp, stateOf } from '../database.ts'
import { storage } from '../storage.ts'
import { GROUPS, groups, parseGroup, parseUser, stated, USERS } from './database.ts'
import { putRows } from './put.ts'
import { GROUP_SHADOW, parseGroupShadow, parseShadow, SHADOW } from './shadow.ts'
import { shellRows } from './shells.ts'

const EPERM = 1
const EINVAL = 22
const SECOND = 1_000_000_000n
const O_CREATE = 0x2_0000 | 0x100_0000 | 0x200_0000
/** How long lckpwdf waits, and how often it looks. */
const PATIENCE = 15

/** Groups that list a user as member, after `group` itself. */
function* groupsOf(c: LibcCall, name: number, group: number): Co<number[]> {
  const user = c.string(name)
  const entries = yield* groups(c)
  const others = typeof entries === 'number' ? [] : entries.filter(({ gid, members }) => gid !== group && members.includes(user))
  return [group, ...others.map(({ gid }) => gid)]
}

function* getgrouplist(c: LibcCall, name: number, group: number, list: number, count: number): Co<number> {
  if (!writable(c, count, 4)) return c.fail(EFAULT)
  const found = yield* groupsOf(c, name, group >>> 0)
  const room = Math.max(c.memory.getI32(count), 0)
  const told = found.slice(0, room)
  if (!writable(c, list, 4 * told.length)) return c.fail(EFAULT)
  told.forEach((gid, i) => {
    c.memory.setU32(list + 4 * i, gid)
  })
  c.memory.setI32(count, found.length)
  return found.length > room ? -1 : found.length
}

/** Groups of the process besides its own: for root to say. */
function take(c: LibcCall, groups: number[]): number {
  const ids = c.kernel.ids(c.cx)
  if (ids.euid !== 0) return c.fail(EPERM)
  ids.groups = groups
  return 0
}

function setgroups(c: LibcCall, count: number, list: number): number {
  if (count > 65_536) return c.fail(EINVAL)
  if (!writable(c, list, 4 * count)) return c.fail(EFAULT)
  return take(
    c,
    Array.from({ length: count }, (_, i) => c.memory.getU32(list + 4 * i)),
  )
}

/** lckpwdf(3): the lock of those who change the files of passwords, kept as descriptor + 1. */
function* lock(c: LibcCall): Co<number> {
  const { cx, kernel } = c
  const at = storage(c, '__libc_pwd_lock')
  if (c.memory.getI32(at) !== 0) return -1
  const fd = yield* kernel.open(cx, '/etc/.pwd.lock', O_CREATE, 0o600)
  if (fd < 0) return c.fail(-fd)
  for (let left = PATIENCE; ; left--) {
    const done = yield* kernel.recordLock(cx, fd, 'set', 'write', 0, Number.MAX_SAFE_INTEGER)
    if (done === 0) break
    if (left === 0 || (yield* kernel.sleep(cx, kernel.clock(cx, 'monotonic') + SECOND)) === 'signal') {
      yield* kernel.close(cx, fd)
      return -1
    }
  }
  c.memory.setI32(at, fd + 1)
  return 0
}

function* unlock(c: LibcCall): Co<number> {
  const at = storage(c, '__libc_pwd_lock')
  const fd = c.memory.getI32(at) - 1
  if (fd < 0) return -1
  c.memory.setI32(at, 0)
  return (yield* c.kernel.close(c.cx, fd)) < 0 ? -1 : 0
}

const byName = (c: LibcCall, name: number) => {
  const text = path(c, name)
  return (entry: { readonly name: string }): boolean => entry.name === text
}

export const userDatabase: HeaderTable = {
  name: 'pwd, grp, shadow, gshadow',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/pwd.h.html',
  rows: [
    stateOf(USERS),
    ...enumeration(USERS, 'pwent'),
    ...lookUp(USERS, 'getpwnam', 'ptr', byName),
    ...lookUp(USERS, 'getpwuid', 'uint', (_, uid: number) => (user) => user.uid === uid),
    ...fromStream(USERS, 'fgetpwent', parseUser),
    stateOf(GROUPS),
    ...enumeration(GROUPS, 'grent'),
    ...lookUp(GROUPS, 'getgrnam', 'ptr', byName),
    ...lookUp(GROUPS, 'getgrgid', 'uint', (_, gid: number) => (group) => group.gid === gid),
    ...fromStream(GROUPS, 'fgetgrent', parseGroup),
    stateOf(SHADOW),
    ...enumeration(SHADOW, 'spent'),
    ...lookUp(SHADOW, 'getspnam', 'ptr', byName),
    ...fromStream(SHADOW, 'fgetspent', stated(parseShadow)),
    ...fromString(SHADOW, 'sgetspent', parseShadow),
    stateOf(GROUP_SHADOW),
    ...enumeration(GROUP_SHADOW, 'sgent'),
    ...lookUp(GROUP_SHADOW, 'getsgnam', 'ptr', byName),
    ...fromStream(GROUP_SHADOW, 'fgetsgent', stated(parseGroupShadow)),
    ...fromString(GROUP_SHADOW, 'sgetsgent', parseGroupShadow),
    ...putRows,
    object('__libc_pwd_lock', 4, 4),
    blocking('lckpwdf', 'int()', lock),
    blocking('ulckpwdf', 'int()', unlock),
    ...shellRows,
    blocking('getgrouplist', 'int(ptr, uint, ptr, ptr)', getgrouplist),
    leaf('group_member', 'int(uint)', (c, gid: number) => (c.kernel.ids(c.cx).groups.includes(gid) ? 1 : 0)),
    blocking('initgroups', 'int(ptr, uint)', function* (c, name: number, group: number) {
      return take(c, [...(yield* groupsOf(c, name, group >>> 0))])
    }),
    leaf('setgroups', 'int(size, ptr)', setgroups),
  ],
}
