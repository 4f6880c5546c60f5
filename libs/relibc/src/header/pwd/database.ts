/** /etc/passwd and /etc/group (passwd(5), group(5)): users and groups out of lines, and as the structs of pwd.h and grp.h. */
import { type Database, lines, parseLines } from '../database.ts'

export interface User {
  readonly name: string
  /** null, as the texts below, in a line that is nothing but the mark `+` or `-` of another service. */
  readonly password: string | undefined
  readonly uid: number
  readonly gid: number
  readonly gecos: string | undefined
  readonly home: string | undefined
  readonly shell: string | undefined
}
export interface Group {
  readonly name: string
  readonly password: string | undefined
  readonly gid: number
  readonly members: readonly string[]
}

/** A line that is neither empty nor a comment; blanks before it do not count. */
export const stated =
  <T>(parse: (line: string) => T | undefined) =>
  (line: string): T | undefined => {
    const text = line.trimStart()
    return text === '' || text.startsWith('#') ? undefined : parse(text)
  }

/** Fields between colons, the last of which takes the rest. Redox's own files part them by ';' and keep passwords elsewhere. */
export function fieldsOf(line: string, count: number): readonly string[] {
  const fields = line.includes(':') ? line.split(':') : line.includes(';') ? line.replace(';', ';x;').split(';') : [line]
  return fields.length <= count ? fields : [...fields.slice(0, count - 1), fields.slice(count - 1).join(':')]
}

/** Names between commas. */
export const listOf = (text = ''): string[] =>
  text
    .split(',')
    .map((name) => name.trimStart())
    .filter((name) => name !== '')

export const isMark = (name: string): boolean => name.startsWith('+') || name.startsWith('-')

export function number(text: string | undefined): number | undefined {
  const value = text !== undefined && /^\s*\+?\d+$/.test(text) ? Number(text) : undefined
  return value !== undefined && value <= 0xffff_ffff ? value : undefined
}
/** A mark's number may be left out. */
const numberOf = (name: string, text: string | undefined): number | undefined => (isMark(name) && text === '' ? 0 : number(text))

export const parseUser = stated((line): User | undefined => {
  const [name, ...rest] = fieldsOf(line, 7)
  if (isMark(name) && rest.length === 0)
    return { name, password: undefined, uid: 0, gid: 0, gecos: undefined, home: undefined, shell: undefined }
  const [password = '', uidText, gidText, gecos = '', home = '', shell = ''] = rest
  const [uid, gid] = [numberOf(name, uidText), numberOf(name, gidText)]
  return uid === undefined || gid === undefined ? undefined : { name, password, uid, gid, gecos, home, shell }
})

export const parseGroup = stated((line): Group | undefined => {
  const [name, ...rest] = fieldsOf(line, 4)
  if (isMark(name) && rest.length === 0) return { name, password: undefined, gid: 0, members: [] }
  const [password = '', gidText, list] = rest
  const gid = numberOf(name, gidText)
  return gid === undefined ? undefined : { name, password, gid, members: listOf(list) }
})

export const parseUsers = (text: string): User[] => parseLines(text, parseUser)
export const users = lines('/etc/passwd', parseUser)
export const groups = lines('/etc/group', parseGroup)

/** struct passwd: { name, passwd, uid u32, gid u32, gecos, dir, shell }. */
export const USERS: Database<User> = {
  state: '__libc_passwd',
  size: 48,
  read: users,
  fields: (user) => [
    [0, 'text', user.name],
    [8, 'text', user.password],
    [16, 'int', user.uid],
    [20, 'int', user.gid],
    [24, 'text', user.gecos],
    [32, 'text', user.home],
    [40, 'text', user.shell],
  ],
}
/** struct group: { name, passwd, gid u32, mem }. */
export const GROUPS: Database<Group> = {
  state: '__libc_group',
  size: 32,
  read: groups,
  fields: (group) => [
    [0, 'text', group.name],
    [8, 'text', group.password],
    [16, 'int', group.gid],
    [24, 'list', group.members],
  ],
}
