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

/** How far a change of summer time is looked for when a program insists on it, in days. */
const NEAR = 400
const DAY = 86_400

/** The nearest moment at which summer time is (not) in force. */
function nearestKind(zone: Zone, time: number, summer: boolean): Local | undefined {
  for (let days = 1; days <= NEAR; days += 7)
    for (const at of [time - days * DAY, time + days * DAY]) if (zone.at(at).summer === summer) return zone.at(at)
  return undefined
}

/** Seconds since 1970 of a local time; `summer` as tm_isdst: 1, 0, or -1 for "find out". */
export function localSeconds(zone: Zone, fields: Calendar, summer: number): number {
  const wanted = secondsOf(fields)
  const [before, after] = [zone.at(wanted - DAY), zone.at(wanted + DAY)]
  const fits = [before, after, zone.at(wanted)].filter((local) => zone.at(wanted - local.offset).offset === local.offset)
  // In the hour that a change leaves out, the rule before it goes on.
  const found = fits.find((local) => summer < 0 || local.summer === summer > 0) ?? fits[0] ?? before
  if (summer < 0 || found.summer === summer > 0) return wanted - found.offset
  return wanted - (nearestKind(zone, wanted - found.offset, summer > 0) ?? found).offset
}
