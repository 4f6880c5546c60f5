/**
 * Which registers a node's locals must hold, do hold, and hold newer than memory: backward liveness (a call takes everything from memory),
 * then forward validity and dirt. Masks as in `Effects`.
 */
import type { FlowGraph } from './flow-graph.ts'
import type { Block } from './function-code.ts'

export interface NodeFacts {
  /** Registers and flags whose value at the node's start is read before it is written. */
  readonly used: number
  readonly flagsUsed: number
  readonly defined: number
  readonly flagsDefined: number
  /** A call lies inside: what lives behind it is loaded from memory anew. */
  readonly calls: boolean
  /** Flags are live behind it, whatever follows. */
  readonly leaves: boolean
  /** Behind the last call. */
  readonly usedAfter: number
  readonly definedAfter: number
}

const ALL_FLAGS = 63

/** Instructions that leave the function and come back: all registers go through memory. */
export const crosses = (name: string, special: boolean): boolean => name === 'call' || (special && !STAYS.has(name))
/** Special ones that end a function's flow. */
const STAYS = new Set(['syscall', 'gate', 'ud2', 'unsupported', 'int3', 'hlt'])

export function factsOf(block: Block | undefined): NodeFacts {
  let used = 0
  let flagsUsed = 0
  let defined = 0
  let flagsDefined = 0
  let usedAfter = 0
  let definedAfter = 0
  let calls = false
  for (let i = block ? block.insns.length - 1 : -1; i >= 0; i--) {
    const { name } = block!.insns[i]
    const each = block!.effects[i]
    if (crosses(name, each.special)) {
      if (!calls) {
        usedAfter = used
        definedAfter = defined
        calls = true
      }
      used = each.used
      flagsUsed = each.special ? ALL_FLAGS : each.flagsUsed
      defined = -1
      flagsDefined = ALL_FLAGS
      continue
    }
    used = (used & ~each.defined) | each.used
    flagsUsed = (flagsUsed & ~each.flagsDefined) | (each.special ? ALL_FLAGS : each.flagsUsed)
    defined |= each.defined
    flagsDefined |= each.flagsDefined
  }
  return { used, flagsUsed, defined, flagsDefined, calls, leaves: block?.leaves ?? false, usedAfter, definedAfter }
}

export interface Liveness {
  readonly liveIn: Int32Array
  readonly liveOut: Int32Array
  readonly flagsIn: Int32Array
  readonly flagsOut: Int32Array
  readonly validIn: Int32Array
  readonly dirtyIn: Int32Array
  /** Registers that go to memory on the ways into a loop: within it they are not needed, and newer than memory or unknown by turns. */
  readonly spilledBefore: Int32Array
}

/**
 * Node 0 loads: `entry`, its first successor, gets what is live there, all other successors get `all`.
 * Where a register would be newer than memory on one way into a node and unknown on another, it is made live there; at the head of a loop it goes
 * to memory before the loop if it is newer there and unknown at the loop's end.
 */
export function liveness(
  facts: readonly NodeFacts[],
  { successors, order, position, predecessors }: FlowGraph,
  entry: number,
  all: number,
): Liveness {
  const count = facts.length
  const masks = () => new Int32Array(count)
  const [liveIn, liveOut, flagsIn, flagsOut] = [masks(), masks(), masks(), masks()]
  const [validIn, validOut, dirtyIn, dirtyOut] = [masks(), masks(), masks(), masks()]
  const [wanted, spilledBefore] = [masks(), masks()]
  /** What holds on the edges into a node, from before it or from behind it (back edges). */
  const into = (node: number, back: boolean): { valid: number; dirty: number } => {
    let valid = -1
    let dirty = 0
    for (const from of predecessors[node]) {
      if (position[from] >= position[node] !== back) continue
      valid &= from === 0 ? (node === entry ? liveIn[node] : all) : validOut[from]
      dirty |= dirtyOut[from]
    }
    return { valid, dirty }
  }
  for (;;) {
    for (let changed = true; changed; ) {
      changed = false
      for (let at = order.length - 1; at >= 0; at--) {
        const node = order[at]
        let live = 0
        let flags = facts[node].leaves ? ALL_FLAGS : 0
        for (const next of successors[node]) {
          live |= liveIn[next]
          flags |= flagsIn[next]
        }
        const fact = facts[node]
        liveOut[node] = live
        flagsOut[node] = flags
        const liveInto = (live & ~fact.defined) | fact.used | wanted[node]
        const flagsInto = (flags & ~fact.flagsDefined) | fact.flagsUsed
        if (liveInto !== liveIn[node] || flagsInto !== flagsIn[node]) {
          liveIn[node] = liveInto
          flagsIn[node] = flagsInto
          changed = true
        }
      }
    }
    validOut.fill(-1)
    dirtyOut.fill(0)
    for (let changed = true; changed; ) {
      changed = false
      for (const node of order) {
        if (node === 0) continue
        const [before, behind] = [into(node, false), into(node, true)]
        const valid = before.valid & behind.valid
        const dirty = (before.dirty & ~spilledBefore[node]) | behind.dirty
        const fact = facts[node]
        validIn[node] = valid
        dirtyIn[node] = dirty
        const after = fact.calls ? (liveOut[node] & ~fact.definedAfter) | fact.usedAfter | fact.definedAfter : valid | fact.defined
        const dirt = fact.calls ? fact.definedAfter : dirty | fact.defined
        if (after !== validOut[node] || dirt !== dirtyOut[node]) {
          validOut[node] = after
          dirtyOut[node] = dirt
          changed = true
        }
      }
    }
    let settled = true
    for (const node of order) {
      const unknown = dirtyIn[node] & ~validIn[node]
      if (unknown === 0 || node === 0) continue
      const before = into(node, false)
      const spilled = unknown & before.dirty & before.valid & ~spilledBefore[node]
      spilledBefore[node] |= spilled
      // What a back edge has newer than memory was perhaps so before the loop: that shows in the next round.
      if (spilled === 0) wanted[node] |= unknown
      settled = false
    }
    if (settled) return { liveIn, liveOut, flagsIn, flagsOut, validIn, dirtyIn, spilledBefore }
  }
}
