/** The zone that a process is in: the variable TZ, a zone file of the node's tree, or /etc/localtime. */
import type { Co } from '@bootgraph/kernel'
import type { LibcCall } from '../../registry/call.ts'
import { constant } from '../constant.ts'
import { variable } from '../process/index.ts'
import { type Calendar, secondsOf } from './calendar.ts'
import { fixed, type Local, parseRules, UTC, type Zone } from './zone.ts'
import { parseZoneFile } from './zone-file.ts'

/** What a TZ means that is neither a file nor a rule, as in glibc. */
const NAMELESS = fixed({ offset: 0, summer: false, name: '' })
const FOLDER = '/usr/share/zoneinfo'
const SYSTEM = '/etc/localtime'
const O_RDONLY_CLOEXEC = 0x1_0000 | 0x100_0000
const FILE_MAX = 1 << 20

/** What was made of a value of TZ, so that a file is read once; it depends on nothing else that a program sees. */
const known = new WeakMap<LibcCall, { readonly value: string | undefined; readonly zone: Zone }>()

function* fileZone(c: LibcCall, path: string): Co<Zone | undefined> {
  const { cx } = c
  const fd = yield* c.kernel.open(cx, path, O_RDONLY_CLOEXEC, 0)
  if (fd < 0) return undefined
  const stat = c.kernel.fstat(cx, fd)
  const size = typeof stat === 'number' || (stat.mode & 0xf000) !== 0x8000 ? 0 : Math.min(stat.size, FILE_MAX)
  const bytes = new Uint8Array(size)
  let got = 0
  while (got < size) {
    const count = yield* c.kernel.read(cx, fd, bytes.subarray(got))
    if (count <= 0) break
    got += count
  }
  yield* c.kernel.close(cx, fd)
  return parseZoneFile(bytes.subarray(0, got))
}

function* zoneOf(c: LibcCall, value: string | undefined): Co<Zone> {
  if (value === undefined) return (yield* fileZone(c, SYSTEM)) ?? UTC
  const name = value.replace(/^:/, '')
  if (name === '') return UTC
  const inFolder = !name.split('/').includes('..')
  const found = name[0] === '/' ? yield* fileZone(c, name) : inFolder ? yield* fileZone(c, `${FOLDER}/${name}`) : undefined
  return found ?? parseRules(name) ?? NAMELESS
}

/** tzset: the zone of now, told to the program in tzname, timezone and daylight. */
export function* tzset(c: LibcCall): Co<Zone> {
  const value = variable(c, 'TZ')
  const before = known.get(c)
  const zone = before !== undefined && before.value === value ? before.zone : yield* zoneOf(c, value)
  if (zone === before?.zone) return zone
  known.set(c, { value, zone })
  const { memory } = c
  const names = c.object('tzname')
  memory.setSize(names, constant(c, zone.standard.name))
  memory.setSize(names + 8, constant(c, (zone.daylight ?? zone.standard).name))
  memory.setU64(c.object('timezone'), BigInt.asUintN(64, BigInt(-zone.standard.offset)))
  memory.setU32(c.object('daylight'), zone.daylight === undefined ? 0 : 1)
  return zone
}

/** How far and in which steps glibc looks for summer time when a program insists on it, in seconds. */
const NEAR = 268_227_000
const STEP = 601_200
const HOUR = 3600
/** Guesses of an offset before a time counts as one that is not there. */
const GUESSES = 6

export interface Moment {
  /** Since 1970. */
  readonly seconds: bigint
  /** Of the zone, with which the next search begins: which of two moments that the clock shows alike is found hangs on it. */
  readonly offset: number
}

/**
 * The moment at which a clock shows a local time; `summer` as tm_isdst: 1, 0, or -1 for "find out". The offset there is what a guess gives that
 * gives itself. Undefined where none is found.
 */
export function momentOf(zone: Zone, fields: Calendar, summer: number, guess: number): Moment | undefined {
  const second = Math.max(0, Math.min(fields.second, 59))
  const shown = secondsOf({ ...fields, second })
  const clock = Number(shown)
  const differs = (local: Local): boolean => summer >= 0 && summer > 0 !== local.summer
  const moment = (offset: number, shift = 0): Moment => ({
    seconds: shown - BigInt(offset + shift) + BigInt(fields.second - second),
    offset: offset + shift,
  })
  let [offset, last, lastButOne] = [guess, guess, guess]
  let wasSummer = false
  for (let left = GUESSES; left > 0; left--) {
    const local = zone.at(clock - offset)
    if (local.offset === offset) {
      if (!differs(local)) return moment(offset)
      const other = nearestKind(zone, clock - offset, summer > 0)
      return other === undefined ? moment(offset, summer > 0 ? HOUR : -HOUR) : moment(other.offset)
    }
    // In the hour that a change leaves out, guesses go to and fro.
    const returns = offset === lastButOne && offset !== last
    if (returns && (summer < 0 ? !wasSummer || local.summer : differs(local))) return moment(offset)
    ;[lastButOne, last, offset] = [last, offset, local.offset]
    wasSummer = local.summer
  }
  return undefined
}

/** The nearest moment at which summer time is (not) in force. */
function nearestKind(zone: Zone, time: number, summer: boolean): Local | undefined {
  for (let away = STEP; away < NEAR + STEP; away += STEP)
    for (const local of [zone.at(time - away), zone.at(time + away)]) if (local.summer === summer) return local
  return undefined
}
