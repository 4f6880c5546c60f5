/**
 * <fts.h> and <ftw.h>: walks over trees of files (4.4BSD fts(3); https://pubs.opengroup.org/onlinepubs/9699919799/functions/nftw.html).
 * The working folder never changes: fts_accpath is the path itself, which is right wherever a program gave FTS_NOCHDIR or not.
 */
import type { Co } from '@bootgraph/kernel'
import { cstring, EFAULT, readable, vector } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, callback, type HeaderTable, leaf } from '../../registry/define.ts'
import { free, malloc } from '../stdlib/malloc.ts'
import { sort } from '../stdlib/sort.ts'
import { Entry, examine, freeList, Info, Instruction, infoOf, levelOf, make, Option, setInfo } from './entry.ts'
import { ftwRows } from './ftw.ts'

const ENOENT = 2
const EINVAL = 22
const ENOMEM = 12
const O_DIRECTORY_CLOEXEC = 0x1_0000 | 0x1000_0000 | 0x100_0000
/** FTS is opaque to programs; ours: the entry that was read last, its children if fts_children made them, a comparison, options, a root's device. */
const Walk = { current: 0, children: 8, compare: 16, options: 24, started: 28, device: 32, top: 40, size: 48 } as const

const optionsOf = (c: LibcCall, walk: number): number => c.memory.getU32(walk + Walk.options)

/** Sorts a list of entries by the program's function, which gets pointers to pointers. */
function* sorted(c: LibcCall, walk: number, list: readonly number[]): Co<number> {
  const { memory } = c
  const compare = memory.getSize(walk + Walk.compare)
  let order = list
  if (compare !== 0 && list.length > 1) {
    const at = malloc(c, list.length * 8)
    list.forEach((entry, i) => {
      memory.setSize(at + 8 * i, entry)
    })
    yield* sort(c, at, list.length, 8, compare)
    order = list.map((_, i) => memory.getSize(at + 8 * i))
    free(c, at)
  }
  order.forEach((entry, i) => {
    memory.setSize(entry + Entry.link, order[i + 1] ?? 0)
  })
  return order[0] ?? 0
}

function* open(c: LibcCall, paths: number, options: number, compare: number): Co<number> {
  const names = vector(c, paths)
  if (names === undefined) return c.fail(EFAULT) + 1
  if (options & ~Option.all || names.length === 0) return c.fail(EINVAL) + 1
  if (names.some((name) => name.length === 0)) return c.fail(ENOENT) + 1
  const walk = malloc(c, Walk.size)
  const top = make(c, 0, -1, new Uint8Array(0), new Uint8Array(0))
  if (walk === 0 || top === 0) return c.fail(ENOMEM) + 1
  const { memory } = c
  memory.bytes(walk, Walk.size).fill(0)
  memory.setU32(walk + Walk.options, options)
  memory.setSize(walk + Walk.compare, compare)
  memory.setSize(walk + Walk.top, top)
  const roots = names.map((name) => {
    const root = make(c, top, 0, name, name)
    setInfo(c, root, examine(c, root, (options & (Option.logical | Option.commandLine)) !== 0))
    return root
  })
  memory.setSize(walk + Walk.children, yield* sorted(c, walk, roots))
  return walk
}

/** The entries of a directory as a list, or 0 with its error. */
function* children(c: LibcCall, walk: number, of: number, namesOnly = false): Co<number> {
  const { memory } = c
  const options = optionsOf(c, walk)
  const path = cstring(c, memory.getSize(of + Entry.path)) ?? new Uint8Array(0)
  const fd = yield* c.kernel.open(c.cx, c.string(memory.getSize(of + Entry.path)), O_DIRECTORY_CLOEXEC, 0)
  const entries = fd < 0 ? fd : c.kernel.getdents(c.cx, fd)
  if (fd >= 0) yield* c.kernel.close(c.cx, fd)
  if (typeof entries === 'number') {
    memory.setI32(of + Entry.errno, -entries)
    setInfo(c, of, Info.unreadable)
    return 0
  }
  const list: number[] = []
  const slash = path.at(-1) === 0x2f ? [] : [0x2f]
  for (const { name, type } of entries) {
    if ((name === '.' || name === '..') && !(options & Option.dots)) continue
    const bytes = new TextEncoder().encode(name)
    const at = make(c, of, levelOf(c, of) + 1, bytes, Uint8Array.from([...path, ...slash, ...bytes]))
    if (at === 0) break
    const unasked = namesOnly || ((options & Option.noStat) !== 0 && type !== 4 && type !== 0)
    setInfo(c, at, unasked ? Info.noStatWanted : examine(c, at, (options & Option.logical) !== 0))
    list.push(at)
  }
  return yield* sorted(c, walk, list)
}

/** Steps into the first of the children that fts_children or the directory itself gives; 0 if there are none. */
function* descend(c: LibcCall, walk: number, current: number): Co<number> {
  const { memory } = c
  const known = memory.getSize(walk + Walk.children)
  memory.setSize(walk + Walk.children, 0)
  // Names alone say too little to go on with.
  if (known !== 0 && infoOf(c, known) !== Info.noStatWanted) return known
  freeList(c, known)
  return yield* children(c, walk, current)
}

/** A root is the current entry now: its name becomes what is behind the last slash. */
function enter(c: LibcCall, walk: number, root: number): number {
  const { memory } = c
  memory.setSize(walk + Walk.device, memory.getSize(root + Entry.dev))
  memory.setSize(walk + Walk.current, root)
  const name = cstring(c, root + Entry.name) ?? new Uint8Array(0)
  const slash = name.lastIndexOf(0x2f)
  if (slash > 0 || (slash === 0 && name.length > 1)) {
    memory.u8.set([...name.subarray(slash + 1), 0], root + Entry.name)
    memory.setU16(root + Entry.nameLength, name.length - slash - 1)
  }
  return root
}

function* read(c: LibcCall, walk: number): Co<number> {
  const { memory } = c
  if (!readable(c, walk, Walk.size)) return c.fail(EINVAL) + 1
  const options = optionsOf(c, walk)
  let at = memory.getSize(walk + Walk.current)
  const found = (entry: number): number => {
    memory.setSize(walk + Walk.current, entry)
    return entry
  }
  if (memory.getU32(walk + Walk.started) === 0) {
    memory.setU32(walk + Walk.started, 1)
    const first = memory.getSize(walk + Walk.children)
    memory.setSize(walk + Walk.children, 0)
    return enter(c, walk, first)
  }
  if (at === 0) return 0
  const instruction = memory.getU16(at + Entry.instruction)
  memory.setU16(at + Entry.instruction, Instruction.none)
  if (instruction === Instruction.again) {
    setInfo(c, at, examine(c, at, (options & Option.logical) !== 0))
    return at
  }
  const isLink = infoOf(c, at) === Info.link || infoOf(c, at) === Info.danglingLink
  if (instruction === Instruction.follow && isLink) {
    setInfo(c, at, examine(c, at, true))
    return at
  }
  if (infoOf(c, at) === Info.directory) {
    const elsewhere = options & Option.oneDevice && memory.getSize(at + Entry.dev) !== memory.getSize(walk + Walk.device)
    if (instruction === Instruction.skip || elsewhere) {
      freeList(c, memory.getSize(walk + Walk.children))
      memory.setSize(walk + Walk.children, 0)
      setInfo(c, at, Info.post)
      return at
    }
    const first = yield* descend(c, walk, at)
    if (first !== 0) return found(first)
    if (infoOf(c, at) === Info.directory) setInfo(c, at, Info.post)
    return at
  }
  for (;;) {
    const next = memory.getSize(at + Entry.link)
    const parent = memory.getSize(at + Entry.parent)
    free(c, at)
    at = next
    if (at === 0) {
      if (levelOf(c, parent) < 0) return found(0)
      if (infoOf(c, parent) !== Info.error) setInfo(c, parent, Info.post)
      return found(parent)
    }
    const asked = memory.getU16(at + Entry.instruction)
    if (asked === Instruction.skip) continue
    if (asked === Instruction.follow) {
      setInfo(c, at, examine(c, at, true))
      memory.setU16(at + Entry.instruction, Instruction.none)
    }
    return levelOf(c, at) === 0 ? enter(c, walk, at) : found(at)
  }
}

function* childrenOf(c: LibcCall, walk: number, options: number): Co<number> {
  const { memory } = c
  const namesOnly = options === 0x100
  if (options !== 0 && !namesOnly) return c.fail(EINVAL) + 1
  if (!readable(c, walk, Walk.size)) return c.fail(EINVAL) + 1
  c.fail(0)
  // Before the first read the children are the roots.
  if (memory.getU32(walk + Walk.started) === 0) return memory.getSize(walk + Walk.children)
  const at = memory.getSize(walk + Walk.current)
  if (at === 0 || infoOf(c, at) !== Info.directory) return 0
  freeList(c, memory.getSize(walk + Walk.children))
  const list = yield* children(c, walk, at, namesOnly)
  memory.setSize(walk + Walk.children, list)
  return list
}

function close(c: LibcCall, walk: number): number {
  const { memory } = c
  if (!readable(c, walk, Walk.size)) return c.fail(EINVAL)
  freeList(c, memory.getSize(walk + Walk.children))
  for (let at = memory.getSize(walk + Walk.current); at !== 0 && levelOf(c, at) >= 0; ) {
    const parent = memory.getSize(at + Entry.parent)
    freeList(c, at)
    at = parent
  }
  free(c, memory.getSize(walk + Walk.top))
  free(c, walk)
  return 0
}

export const ftsHeader: HeaderTable = {
  name: 'fts, ftw',
  spec: 'https://man.openbsd.org/fts_open.3',
  rows: [
    callback('fts_open', 'ptr(ptr, int, ptr)', open),
    callback('fts_read', 'ptr(ptr)', read),
    callback('fts_children', 'ptr(ptr, int)', childrenOf),
    leaf('fts_set', 'int(ptr, ptr, int)', (c, _walk: number, entry: number, instruction: number) => {
      if (instruction < 0 || instruction > Instruction.skip) return c.fail(EINVAL) + 2
      c.memory.setU16(entry + Entry.instruction, instruction === 0 ? Instruction.none : instruction)
      return 0
    }),
    leaf('fts_close', 'int(ptr)', close),
    ...['open', 'read', 'children', 'set', 'close'].map((name) => alias(`fts64_${name}`, `fts_${name}`)),
    ...ftwRows,
  ],
}
