/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/search.h.html: binary trees, hash tables, linear search, queues. */
import { type Co, callGuest } from '@bootgraph/kernel'
import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { callback, type HeaderTable, leaf, object } from '../../registry/define.ts'
import { segfault } from '../fault.ts'
import { calloc, free } from '../stdlib/malloc.ts'

const ENOMEM = 12
const ESRCH = 3
/** A node begins with the program's key, as POSIX says of what tsearch gives; then its children. */
const Node = { key: 0, left: 8, right: 16, size: 24 } as const

const order = function* (compare: number, a: number, b: number): Co<number> {
  return Number(BigInt.asIntN(32, yield* callGuest(compare, a, b)))
}

/** Address of the link that holds the key's node, or where it would be. */
function* linkOf(c: LibcCall, key: number, root: number, compare: number): Co<{ link: number; parent: number }> {
  let link = root
  let parent = 0
  for (let node = c.memory.getSize(link); node !== 0; node = c.memory.getSize(link)) {
    const less = yield* order(compare, key, c.memory.getSize(node))
    if (less === 0) break
    parent = node
    link = node + (less < 0 ? Node.left : Node.right)
  }
  return { link, parent }
}

function* tsearch(c: LibcCall, key: number, root: number, compare: number): Co<number> {
  if (!writable(c, root, 8)) return 0
  const { link } = yield* linkOf(c, key, root, compare)
  const found = c.memory.getSize(link)
  if (found !== 0) return found
  const node = calloc(c, 1, Node.size)
  if (node === 0) return 0
  c.memory.setSize(node, key)
  c.memory.setSize(link, node)
  return node
}

function* tfind(c: LibcCall, key: number, root: number, compare: number): Co<number> {
  if (!readable(c, root, 8)) return 0
  return c.memory.getSize((yield* linkOf(c, key, root, compare)).link)
}

/** Gives the parent of the node that went, or the root's address for the root. */
function* tdelete(c: LibcCall, key: number, root: number, compare: number): Co<number> {
  if (!writable(c, root, 8)) return 0
  const { link, parent } = yield* linkOf(c, key, root, compare)
  const { memory } = c
  const node = memory.getSize(link)
  if (node === 0) return 0
  if (memory.getSize(node + Node.left) !== 0 && memory.getSize(node + Node.right) !== 0) {
    // The next key takes the place, and its own node goes.
    let next = node + Node.right
    while (memory.getSize(memory.getSize(next) + Node.left) !== 0) next = memory.getSize(next) + Node.left
    const gone = memory.getSize(next)
    memory.setSize(node, memory.getSize(gone))
    memory.setSize(next, memory.getSize(gone + Node.right))
    free(c, gone)
  } else {
    memory.setSize(link, memory.getSize(node + Node.left) || memory.getSize(node + Node.right))
    free(c, node)
  }
  return parent === 0 ? root : parent
}

/** VISIT: preorder 0, postorder 1, endorder 2, leaf 3. */
function* walk(c: LibcCall, node: number, action: number, level: number): Co<void> {
  const [left, right] = [c.memory.getSize(node + Node.left), c.memory.getSize(node + Node.right)]
  if (left === 0 && right === 0) {
    yield* callGuest(action, node, 3, level)
    return
  }
  yield* callGuest(action, node, 0, level)
  if (left !== 0) yield* walk(c, left, action, level + 1)
  yield* callGuest(action, node, 1, level)
  if (right !== 0) yield* walk(c, right, action, level + 1)
  yield* callGuest(action, node, 2, level)
}

function* destroy(c: LibcCall, node: number, release: number): Co<void> {
  for (const child of [Node.left, Node.right]) {
    const at = c.memory.getSize(node + child)
    if (at !== 0) yield* destroy(c, at, release)
  }
  yield* callGuest(release, c.memory.getSize(node))
  free(c, node)
}

/** lfind and lsearch: the element, or where the new one goes. */
function* linear(c: LibcCall, key: number, base: number, count: number, size: number, compare: number, add: boolean): Co<number> {
  if (!writable(c, count, 8)) return segfault(c)
  const n = c.memory.getSize(count)
  for (let i = 0; i < n; i++) if ((yield* order(compare, key, base + i * size)) === 0) return base + i * size
  const end = base + n * size
  if (!add) return 0
  if (!readable(c, key, size) || !writable(c, end, size)) return segfault(c)
  c.memory.u8.copyWithin(end, key, key + size)
  c.memory.setSize(count, n + 1)
  return end
}

/** struct hsearch_data: { table @0, slots u32 @8, filled u32 @12 }; an ENTRY is key and data, 16 bytes. */
const Table = { entries: 0, slots: 8, filled: 12 } as const

function create(c: LibcCall, size: number, table: number): number {
  if (!writable(c, table, 16)) return segfault(c)
  const slots = Math.max(Math.ceil(size * 1.25), 3)
  const at = calloc(c, slots, 16)
  if (at === 0) return 0
  c.memory.setSize(table, at)
  c.memory.setU32(table + Table.slots, slots)
  c.memory.setU32(table + Table.filled, 0)
  return 1
}

/** ACTION: find 0, enter 1. The entry's address, or 0 with errno. */
function search(c: LibcCall, key: number, data: number, action: number, table: number): number {
  const { memory } = c
  const [entries, slots] = [memory.getSize(table), memory.getU32(table + Table.slots)]
  const text = c.string(key)
  if (entries === 0 || slots === 0) return c.fail(ESRCH) + 1
  let hash = 2166136261
  for (const letter of text) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619)
  for (let i = 0; i < slots; i++) {
    const at = entries + (((hash >>> 0) + i) % slots) * 16
    const found = memory.getSize(at)
    if (found !== 0 && c.string(found) === text) return at
    if (found !== 0) continue
    if (action === 0) return c.fail(ESRCH) + 1
    memory.setSize(at, key)
    memory.setSize(at + 8, data)
    memory.setU32(table + Table.filled, memory.getU32(table + Table.filled) + 1)
    return at
  }
  return c.fail(action === 0 ? ESRCH : ENOMEM) + 1
}

function remove(c: LibcCall, table: number): void {
  if (!writable(c, table, 16)) return
  free(c, c.memory.getSize(table))
  c.memory.setSize(table, 0)
}

function searchR(c: LibcCall, key: number, data: number, action: number, out: number, table: number): number {
  if (!writable(c, out, 8) || !writable(c, table, 16)) return segfault(c)
  const found = search(c, key, data, action, table)
  c.memory.setSize(out, found)
  return found === 0 ? 0 : 1
}

/** Elements begin with forward and backward pointers. */
function insque(c: LibcCall, element: number, before: number): void {
  const { memory } = c
  if (!writable(c, element, 16)) return void segfault(c)
  const next = before === 0 ? 0 : memory.getSize(before)
  memory.setSize(element, next)
  memory.setSize(element + 8, before)
  if (before !== 0) memory.setSize(before, element)
  if (next !== 0) memory.setSize(next + 8, element)
}

function remque(c: LibcCall, element: number): void {
  const { memory } = c
  if (!readable(c, element, 16)) return void segfault(c)
  const [next, before] = [memory.getSize(element), memory.getSize(element + 8)]
  if (next !== 0) memory.setSize(next + 8, before)
  if (before !== 0) memory.setSize(before, next)
}

const own = (c: LibcCall): number => c.object('__libc_hsearch')

export const searchHeader: HeaderTable = {
  name: 'search',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/search.h.html',
  rows: [
    object('__libc_hsearch', 16, 8),
    leaf('hcreate', 'int(size)', (c, size: number) => create(c, size, own(c))),
    leaf('hcreate_r', 'int(size, ptr)', create),
    leaf('hdestroy', 'void()', (c) => remove(c, own(c))),
    leaf('hdestroy_r', 'void(ptr)', remove),
    leaf('hsearch', 'ptr(ptr, ptr, int)', (c, key: number, data: number, action: number) => search(c, key, data, action, own(c))),
    leaf('hsearch_r', 'int(ptr, ptr, int, ptr, ptr)', searchR),
    leaf('insque', 'void(ptr, ptr)', insque),
    leaf('remque', 'void(ptr)', remque),
    callback('lfind', 'ptr(ptr, ptr, ptr, size, ptr)', (c, key: number, base: number, count: number, size: number, compare: number) =>
      linear(c, key, base, count, size, compare, false),
    ),
    callback('lsearch', 'ptr(ptr, ptr, ptr, size, ptr)', (c, key: number, base: number, count: number, size: number, compare: number) =>
      linear(c, key, base, count, size, compare, true),
    ),
    callback('tdelete', 'ptr(ptr, ptr, ptr)', tdelete),
    callback('tdestroy', 'void(ptr, ptr)', function* (c, root: number, release: number) {
      if (root !== 0) yield* destroy(c, root, release)
    }),
    callback('tfind', 'ptr(ptr, ptr, ptr)', tfind),
    callback('tsearch', 'ptr(ptr, ptr, ptr)', tsearch),
    callback('twalk', 'void(ptr, ptr)', function* (c, root: number, action: number) {
      if (root !== 0) yield* walk(c, root, action, 0)
    }),
  ],
}
