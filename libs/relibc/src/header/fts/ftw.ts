/** ftw and nftw, over the tree itself: a call of the program's function for each file. */
import { type Co, callGuest, type Stat } from '@bootgraph/kernel'
import { SIZE, writeStat } from '../../abi/structs.ts'
import { cstring, EFAULT } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, callback, type SymbolRow } from '../../registry/define.ts'
import { free, malloc } from '../stdlib/malloc.ts'

const Flag = { physical: 1, oneDevice: 2, chdir: 4, depth: 8, actions: 16, all: 31 } as const
const Kind = { file: 0, directory: 1, unreadable: 2, noStat: 3, link: 4, post: 5, danglingLink: 6 } as const
const Action = { stop: 1, skipSubtree: 2, skipSiblings: 3 } as const
const AT_FDCWD = -100
const EINVAL = 22
const ENOMEM = 12
const ENOENT = 2
const EACCES = 13
const O_DIRECTORY_CLOEXEC = 0x1_0000 | 0x1000_0000 | 0x100_0000

/** One walk: its buffers in the heap are a struct stat and struct FTW { base, level }. */
interface Walk {
  readonly fn: number
  readonly flags: number
  readonly extended: boolean
  readonly stat: number
  readonly device: number
  readonly seen: Set<number>
  /** The working folder that FTW_CHDIR leaves for the one above each file, or for a directory that is left itself; undefined: it stays. */
  readonly home: string | undefined
}

/** A path that means the same wherever the walk has gone. */
const placed = ({ home }: Walk, path: string): string => (home === undefined || path[0] === '/' ? path : `${home}/${path}`)

function* tell(c: LibcCall, walk: Walk, path: Uint8Array, level: number, kind: number, stat: Stat | undefined): Co<number> {
  const { memory } = c
  const at = malloc(c, path.length + 1)
  if (at === 0) return c.fail(ENOMEM)
  memory.u8.set(path, at)
  memory.setU8(at + path.length, 0)
  if (stat === undefined) memory.bytes(walk.stat, SIZE.stat).fill(0)
  else writeStat(memory, walk.stat, stat)
  const place = walk.stat + SIZE.stat
  memory.setI32(place, path.lastIndexOf(0x2f) + 1)
  memory.setI32(place + 4, level)
  if (walk.home !== undefined) {
    const here = placed(walk, new TextDecoder().decode(path))
    c.kernel.chdir(c.cx, kind === Kind.post ? here : here.replace(/[^/]+$/, ''))
  }
  const told = walk.extended ? kind : kind === Kind.danglingLink ? Kind.noStat : kind
  const answer = yield* callGuest(walk.fn, at, walk.stat, told, ...(walk.extended ? [place] : []))
  free(c, at)
  return Number(BigInt.asIntN(32, answer))
}

/** What the walk of one file ends with: 0 goes on. */
function* visit(c: LibcCall, walk: Walk, path: Uint8Array, level: number): Co<number> {
  const text = placed(walk, new TextDecoder().decode(path))
  const physical = (walk.flags & Flag.physical) !== 0
  let stat = c.kernel.stat(c.cx, AT_FDCWD, text, !physical)
  let dangling = false
  if (typeof stat === 'number' && !physical) {
    stat = c.kernel.stat(c.cx, AT_FDCWD, text, false)
    dangling = true
  }
  if (typeof stat === 'number') {
    if (level === 0 || (-stat !== ENOENT && -stat !== EACCES)) return c.fail(-stat)
    return yield* tell(c, walk, path, level, Kind.noStat, undefined)
  }
  if (walk.flags & Flag.oneDevice && stat.dev !== walk.device) return 0
  const type = stat.mode & 0xf000
  if (type !== 0x4000) {
    const kind = dangling ? Kind.danglingLink : type === 0xa000 ? Kind.link : Kind.file
    return yield* tell(c, walk, path, level, kind, stat)
  }
  // A logical walk may come by the same directory again.
  if (!physical) {
    if (walk.seen.has(stat.ino)) return 0
    walk.seen.add(stat.ino)
  }
  const fd = yield* c.kernel.open(c.cx, text, O_DIRECTORY_CLOEXEC, 0)
  const entries = fd < 0 ? fd : c.kernel.getdents(c.cx, fd)
  if (fd >= 0) yield* c.kernel.close(c.cx, fd)
  if (typeof entries === 'number') return yield* tell(c, walk, path, level, Kind.unreadable, stat)
  const depth = (walk.flags & Flag.depth) !== 0
  if (!depth) {
    const answer = yield* tell(c, walk, path, level, Kind.directory, stat)
    if (walk.flags & Flag.actions && answer === Action.skipSubtree) return 0
    if (answer !== 0) return answer
  }
  const head = path.at(-1) === 0x2f ? [...path] : [...path, 0x2f]
  for (const { name } of entries) {
    if (name === '.' || name === '..') continue
    const answer = yield* visit(c, walk, Uint8Array.from([...head, ...new TextEncoder().encode(name)]), level + 1)
    if (walk.flags & Flag.actions && answer === Action.skipSubtree) continue
    if (walk.flags & Flag.actions && answer === Action.skipSiblings) break
    if (answer !== 0) return answer
  }
  return depth ? yield* tell(c, walk, path, level, Kind.post, stat) : 0
}

function* start(c: LibcCall, name: number, fn: number, flags: number, extended: boolean): Co<number> {
  const path = cstring(c, name)
  if (path === undefined) return c.fail(EFAULT)
  if (path.length === 0) return c.fail(ENOENT)
  if (flags & ~Flag.all) return c.fail(EINVAL)
  const home = flags & Flag.chdir ? c.kernel.getcwd(c.cx) : undefined
  let end = path.length
  while (end > 1 && path[end - 1] === 0x2f) end--
  const root = path.subarray(0, end)
  const stat = c.kernel.stat(c.cx, AT_FDCWD, new TextDecoder().decode(root), true)
  const buffer = malloc(c, SIZE.stat + 8)
  if (buffer === 0) return c.fail(ENOMEM)
  const device = typeof stat === 'number' ? 0 : stat.dev
  const done = yield* visit(c, { fn, flags, extended, stat: buffer, device, seen: new Set(), home }, root, 0)
  if (home !== undefined) c.kernel.chdir(c.cx, home)
  free(c, buffer)
  return done
}

export const ftwRows: readonly SymbolRow[] = [
  callback('ftw', 'int(ptr, ptr, int)', (c, name: number, fn: number) => start(c, name, fn, 0, false)),
  alias('ftw64', 'ftw'),
  callback('nftw', 'int(ptr, ptr, int, int)', (c, name: number, fn: number, _open: number, flags: number) =>
    start(c, name, fn, flags, true),
  ),
  alias('nftw64', 'nftw'),
]
