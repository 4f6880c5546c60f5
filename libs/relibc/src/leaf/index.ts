/** The rows that are called so often that they are WebAssembly as well: by row name. */
import { type Leaf, type LeafBody, LeafSet } from '@bootgraph/cpu'
import { gateId } from '../registry/define.ts'
import type { Registry } from '../registry/registry.ts'
import { toLower, toUpper } from './characters.ts'
import { give, resize, take, takeZeroed } from './heap.ts'
import { compare, fill, move } from './memory.ts'
import { copy, copyToEnd, find, findByte, findByteOrEnd, findLast, measure, order, orderWithin } from './search.ts'
import { storageOf } from './storage.ts'

const BODIES: Readonly<Record<string, LeafBody>> = {
  ...{ malloc: take, calloc: takeZeroed, realloc: resize, free: give },
  ...{ memcpy: move, memset: fill, memcmp: compare, memchr: find },
  ...{ strlen: measure, strcmp: order, strncmp: orderWithin, strcpy: copy, stpcpy: copyToEnd },
  ...{ strchr: findByte, strchrnul: findByteOrEnd, strrchr: findLast },
  ...{ toupper: toUpper, tolower: toLower },
  __tls_get_addr: storageOf,
}

/** A leaf for each name of these rows: an alias has a gate of its own. */
export function leavesOf(registry: Registry): LeafSet {
  const leaves: Leaf[] = []
  for (const [name, { row }] of registry.functions) {
    const body = BODIES[row.name]
    if (body !== undefined) leaves.push({ id: gateId(name), body })
  }
  return new LeafSet(leaves)
}
