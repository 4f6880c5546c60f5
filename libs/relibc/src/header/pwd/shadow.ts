/** /etc/shadow and /etc/gshadow (shadow(5), gshadow(5)), and the structs of shadow.h and gshadow.h. */
import { type Database, lines } from '../database.ts'
import { fieldsOf, isMark, listOf, number, stated } from './database.ts'

/** Numbers of a shadow line in order: days of the last change, the least and the most between two, of warning, of grace, of the end; -1 = none. */
const DATES = 6
/** Without the last three a line has the form of System V. */
const OLD_DATES = 3

export interface Shadow {
  readonly name: string
  readonly password: string | undefined
  readonly dates: readonly number[]
  /** -1 where the line has none. */
  readonly flag: number
}
export interface GroupShadow {
  readonly name: string
  readonly password: string | undefined
  readonly administrators: readonly string[]
  readonly members: readonly string[]
}

export function parseShadow(line: string): Shadow | undefined {
  const [name, password, ...rest] = fieldsOf(line, 3 + DATES)
  if (isMark(name) && password === undefined) return { name, password, dates: [0, 0, 0, -1, -1, -1], flag: -1 }
  const old = rest.slice(OLD_DATES).join('').trim() === '' && rest.length <= OLD_DATES + 1
  const wanted = rest.slice(0, old ? OLD_DATES : DATES)
  // An empty field is -1, but a line may not end where one is due.
  const dates = wanted.map((text, i) => (text === '' && i < rest.length - 1 ? -1 : number(text)))
  const flag = rest[DATES] === undefined || rest[DATES] === '' ? -1 : number(rest[DATES])
  if (password === undefined || wanted.length < (old ? OLD_DATES : DATES) || flag === undefined) return undefined
  const known = dates.filter((date) => date !== undefined)
  return known.length < dates.length
    ? undefined
    : { name, password, dates: [...known, -1, -1, -1].slice(0, DATES).map((date) => date | 0), flag }
}

export function parseGroupShadow(line: string): GroupShadow | undefined {
  const [name, password, administrators, members] = fieldsOf(line, 4)
  if (isMark(name) && password === undefined) return { name, password, administrators: [], members: [] }
  return { name, password: password ?? '', administrators: listOf(administrators), members: listOf(members) }
}

/** struct spwd: { namp, pwdp, six dates, flag u64 }. */
export const SHADOW: Database<Shadow> = {
  state: '__libc_spwd',
  size: 72,
  read: lines('/etc/shadow', stated(parseShadow)),
  fields: ({ name, password, dates, flag }) => [
    [0, 'text', name],
    [8, 'text', password],
    ...dates.map((date, i) => [16 + 8 * i, 'long', date] as const),
    [64, 'long', flag],
  ],
}
/** struct sgrp: { namp, passwd, adm, mem }. */
export const GROUP_SHADOW: Database<GroupShadow> = {
  state: '__libc_sgrp',
  size: 32,
  read: lines('/etc/gshadow', stated(parseGroupShadow)),
  fields: ({ name, password, administrators, members }) => [
    [0, 'text', name],
    [8, 'text', password],
    [16, 'list', administrators],
    [24, 'list', members],
  ],
}
