/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/pwd.h.html and grp.h.html */
import type { Co } from '@bootgraph/kernel'
import { platformOf } from '../../platform/platform.ts'
import { Area } from '../../platform/thread-block.ts'
import { mapPages, PAGE } from '../../platform/threads.ts'
import { EFAULT, path, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, type HeaderTable, leaf } from '../../registry/define.ts'
import { type Group, groups, type User, users } from './database.ts'

const EPERM = 1
const ENOENT = 2
const EINVAL = 22
const ERANGE = 34
/** struct passwd: { name, passwd, uid u32, gid u32, gecos, dir, shell }; struct group: { name, passwd, gid u32, mem }. */
const PASSWD = 48
const GROUP = 32
/** Static results lie in one page: the struct, then its strings. */
const STRINGS = 64

/** Puts strings one behind the other; 0 as an address = no room. */
class Strings {
  private readonly c: LibcCall
  private at: number
  private readonly end: number

  constructor(c: LibcCall, at: number, size: number) {
    this.c = c
    this.at = at
    this.end = at + size
  }

  put(text: string): number {
    const bytes = new TextEncoder().encode(text)
    const start = this.at
    if (start + bytes.length + 1 > this.end) return 0
    this.c.memory.u8.set(bytes, start)
    this.c.memory.setU8(start + bytes.length, 0)
    this.at = start + bytes.length + 1
    return start
  }

  /** `count` pointers, aligned. */
  pointers(count: number): number {
    const start = Math.ceil(this.at / 8) * 8
    if (start + 8 * count > this.end) return 0
    this.at = start + 8 * count
    return start
  }
}

type Put<T> = (c: LibcCall, entry: T, out: number, strings: Strings) => boolean

const putUser: Put<User> = (c, user, out, strings) => {
  const { memory } = c
  memory.bytes(out, PASSWD).fill(0)
  memory.setU32(out + 16, user.uid)
  memory.setU32(out + 20, user.gid)
  return (
    [
      [0, user.name],
      [8, user.password],
      [24, user.gecos],
      [32, user.home],
      [40, user.shell],
    ] as const
  ).every(([offset, text]) => {
    const at = strings.put(text)
    memory.setSize(out + offset, at)
    return at !== 0
  })
}

const putGroup: Put<Group> = (c, group, out, strings) => {
  const { memory } = c
  memory.bytes(out, GROUP).fill(0)
  memory.setU32(out + 16, group.gid)
  const list = strings.pointers(group.members.length + 1)
  if (list === 0) return false
  memory.setSize(list + 8 * group.members.length, 0)
  const [name, password, ...members] = [group.name, group.password, ...group.members].map((text) => strings.put(text))
  memory.setSize(out, name)
  memory.setSize(out + 8, password)
  memory.setSize(out + 24, list)
  members.forEach((at, i) => {
    memory.setSize(list + 8 * i, at)
  })
  return name !== 0 && password !== 0 && !members.includes(0)
}

interface Kind<T> {
  readonly size: number
  readonly read: (c: LibcCall) => Co<T[] | number>
  readonly put: Put<T>
}
const USER: Kind<User> = { size: PASSWD, read: users, put: putUser }
const GROUPS: Kind<Group> = { size: GROUP, read: groups, put: putGroup }

/** The `_r` form: an errno; `*result` is null if there is no entry. */
function* reentrant<T>(
  c: LibcCall,
  kind: Kind<T>,
  is: (entry: T) => boolean,
  out: number,
  buffer: number,
  size: number,
  result: number,
): Co<number> {
  if (!writable(c, out, kind.size) || !writable(c, buffer, size) || !writable(c, result, 8)) return EFAULT
  c.memory.setSize(result, 0)
  const entries = yield* kind.read(c)
  if (typeof entries === 'number') return -entries
  const entry = entries.find(is)
  if (entry === undefined) return 0
  if (!kind.put(c, entry, out, new Strings(c, buffer, size))) return ERANGE
  c.memory.setSize(result, out)
  return 0
}

/** The process's page for static results, or 0. */
function staticPage(c: LibcCall): number {
  const slot = platformOf(c).area + Area.database
  if (c.memory.getSize(slot) === 0) c.memory.setSize(slot, mapPages(c, PAGE))
  return c.memory.getSize(slot)
}

/** The form with static storage: a pointer, or 0. */
function* still<T>(c: LibcCall, kind: Kind<T>, pick: (entries: readonly T[]) => T | undefined): Co<number> {
  const entries = yield* kind.read(c)
  if (typeof entries === 'number') return c.fail(-entries) + 1
  const entry = pick(entries)
  const page = entry === undefined ? 0 : staticPage(c)
  if (entry === undefined || page === 0) return 0
  return kind.put(c, entry, page, new Strings(c, page + STRINGS, PAGE - STRINGS)) ? page : c.fail(ERANGE) + 1
}

const setCursor = (c: LibcCall, value: number): void => c.memory.setU32(platformOf(c).area + Area.databaseCursor, value)

function nextUser(c: LibcCall): Co<number> {
  const cursor = c.memory.getU32(platformOf(c).area + Area.databaseCursor)
  setCursor(c, cursor + 1)
  return still(c, USER, (entries) => entries[cursor])
}

const setGroupCursor = (c: LibcCall, value: number): void => c.memory.setU32(platformOf(c).area + Area.groupCursor, value)

function nextGroup(c: LibcCall): Co<number> {
  const cursor = c.memory.getU32(platformOf(c).area + Area.groupCursor)
  setGroupCursor(c, cursor + 1)
  return still(c, GROUPS, (entries) => entries[cursor])
}

/** The `_r` form of the next entry: ENOENT behind the last. */
function* nextReentrant<T>(c: LibcCall, kind: Kind<T>, slot: number, ...[out, buffer, size, result]: Reentrant): Co<number> {
  const at = platformOf(c).area + slot
  const cursor = c.memory.getU32(at)
  let seen = 0
  const errno = yield* reentrant(c, kind, () => seen++ === cursor, out, buffer, size, result)
  if (errno !== 0) return errno
  if (c.memory.getSize(result) === 0) return ENOENT
  c.memory.setU32(at, cursor + 1)
  return 0
}

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

type Reentrant = [out: number, buffer: number, size: number, result: number]

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

export const userDatabase: HeaderTable = {
  name: 'pwd, grp',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/pwd.h.html',
  rows: [
    leaf('endpwent', 'void()', (c) => setCursor(c, 0)),
    leaf('setpwent', 'void()', (c) => setCursor(c, 0)),
    blocking('getpwent', 'ptr()', nextUser),
    blocking('getpwnam', 'ptr(ptr)', (c, name: number) => {
      const text = path(c, name)
      return still(c, USER, (entries) => entries.find((user) => user.name === text))
    }),
    blocking('getpwnam_r', 'int(ptr, ptr, ptr, size, ptr)', (c, name: number, ...rest: Reentrant) => {
      const text = path(c, name)
      return reentrant(c, USER, (user) => user.name === text, ...rest)
    }),
    blocking('getpwuid', 'ptr(uint)', (c, uid: number) => still(c, USER, (entries) => entries.find((user) => user.uid === uid))),
    blocking('getpwuid_r', 'int(uint, ptr, ptr, size, ptr)', (c, uid: number, ...rest: Reentrant) =>
      reentrant(c, USER, (user) => user.uid === uid, ...rest),
    ),
    blocking('getgrgid', 'ptr(uint)', (c, gid: number) => still(c, GROUPS, (entries) => entries.find((group) => group.gid === gid))),
    blocking('getgrgid_r', 'int(uint, ptr, ptr, size, ptr)', (c, gid: number, ...rest: Reentrant) =>
      reentrant(c, GROUPS, (group) => group.gid === gid, ...rest),
    ),
    blocking('getgrnam', 'ptr(ptr)', (c, name: number) => {
      const text = path(c, name)
      return still(c, GROUPS, (entries) => entries.find((group) => group.name === text))
    }),
    blocking('getgrnam_r', 'int(ptr, ptr, ptr, size, ptr)', (c, name: number, ...rest: Reentrant) => {
      const text = path(c, name)
      return reentrant(c, GROUPS, (group) => group.name === text, ...rest)
    }),
    leaf('endgrent', 'void()', (c) => setGroupCursor(c, 0)),
    leaf('setgrent', 'void()', (c) => setGroupCursor(c, 0)),
    blocking('getgrent', 'ptr()', nextGroup),
    blocking('getgrent_r', 'int(ptr, ptr, size, ptr)', (c, ...rest: Reentrant) => nextReentrant(c, GROUPS, Area.groupCursor, ...rest)),
    blocking('getpwent_r', 'int(ptr, ptr, size, ptr)', (c, ...rest: Reentrant) => nextReentrant(c, USER, Area.databaseCursor, ...rest)),
    blocking('getgrouplist', 'int(ptr, uint, ptr, ptr)', getgrouplist),
    blocking('initgroups', 'int(ptr, uint)', function* (c, name: number, group: number) {
      return take(c, [...(yield* groupsOf(c, name, group >>> 0))])
    }),
    leaf('setgroups', 'int(size, ptr)', setgroups),
  ],
}
