/**
 * What accesses check. Those at known places of the function's stack frame are covered by one check where the function is entered
 * (`frameOf`). Others of one block that lie near each other are checked once: those by the same base register (followed through moves and
 * additions of constants) whose bytes fit into 4 KiB. A page without slow bits vouches for the page behind it, so one look decides for all;
 * if it does not, the instruction goes to the interpreter, which is exact. All this holds as long as no page loses a permission: then the
 * engine leaves every translation that is under way.
 */
import type { Instruction } from '../decode/decoder.ts'
import { type Access, type Effects, immediateOf } from './effects.ts'
import type { Block, FunctionCode } from './function-code.ts'
import { crosses } from './liveness.ts'

/** What an access checks: `low` .. `high` are bytes from its own address. */
export type Check = 'covered' | { readonly low: number; readonly high: number; readonly write: boolean }

/** Bytes, relative to the stack pointer at the function's start. */
export interface Frame {
  readonly low: number
  readonly high: number
}
export interface Checks {
  readonly of: ReadonlyMap<Block, readonly (readonly Check[])[]>
  /** What a function that is entered checks, if anything; and how far the stack pointer is from its start where a block begins, where that is known. */
  readonly frame: Frame | undefined
  readonly depth: ReadonlyMap<Block, number>
}

const SPAN = 4096
/** Larger frames are checked block by block. */
const FRAME_LIMIT = 0x2_0000
const RSP = 4
const RBP = 5

interface Window {
  readonly version: number
  low: number
  high: number
  write: boolean
  readonly leader: { readonly insn: number; readonly access: number; readonly at: number }
}

export function checksOf(fn: FunctionCode): Checks {
  const depth = stackDepths(fn)
  let frame: { low: number; high: number } | undefined
  for (const block of fn.blocks)
    walk(block, depth.get(block), (low, high) => {
      if (frame === undefined) frame = { low, high }
      else frame = { low: Math.min(frame.low, low), high: Math.max(frame.high, high) }
    })
  if (frame !== undefined && frame.high - frame.low > FRAME_LIMIT) frame = undefined
  if (frame === undefined) depth.clear()
  const of = new Map<Block, Check[][]>()
  for (const block of fn.blocks) of.set(block, walk(block, depth.get(block)))
  return { of, frame, depth }
}

/** By block: stack pointer at its start minus that at the function's; absent where ways into it disagree or something unknown happened. */
function stackDepths(fn: FunctionCode): Map<Block, number> {
  const depth = new Map<Block, number>()
  const unknown = new Set<Block>()
  const work: Block[] = []
  const reach = (block: Block, at: number | undefined) => {
    if (unknown.has(block)) return
    const before = depth.get(block)
    if (at !== undefined && before === at) return
    if (at !== undefined && before === undefined) depth.set(block, at)
    else {
      depth.delete(block)
      unknown.add(block)
    }
    work.push(block)
  }
  reach(fn.byStart.get(fn.start)!, 0)
  for (let block = work.pop(); block; block = work.pop()) {
    const places = new Places()
    for (const [i, insn] of block.insns.entries()) places.pass(insn, block.effects[i])
    const from = depth.get(block)
    const by = places.stack
    for (const next of block.next) reach(fn.byStart.get(next)!, from !== undefined && by !== undefined ? from + by : undefined)
  }
  return depth
}

/** Registers as unnamed values of the block plus constants. */
class Places {
  readonly version = new Int32Array(16)
  readonly delta = new Float64Array(16)
  #versions = 16

  constructor() {
    for (let r = 0; r < 16; r++) this.version[r] = r
  }
  forget(register: number): void {
    this.version[register] = this.#versions++
    this.delta[register] = 0
  }
  /** What was added to the stack pointer since the block began. */
  get stack(): number | undefined {
    return this.version[RSP] === RSP ? this.delta[RSP] : undefined
  }
  /** Goes past an instruction. */
  pass(insn: Instruction, effects: Effects): void {
    if (crosses(insn.name, effects.special)) {
      // A call comes back with the stack pointer that it had, or its translation is left.
      const stays = insn.name === 'call' || STACK_STAYS.has(insn.name)
      for (let r = 0; r < 16; r++) if (r !== RSP || !stays) this.forget(r)
    } else follow(insn, effects, this)
  }
}
/** Instructions of the host that do not move the stack pointer. */
const STACK_STAYS = new Set(['x87', 'cpuid', 'rdtsc', 'float', 'ldmxcsr', 'stmxcsr', 'fwait', 'sahf', 'lahf'])

/** One list of checks per instruction, one check per access of its row. `depth`: of the stack, if known; `note` gets what lies in the frame. */
function walk(block: Block, depth: number | undefined, note?: (low: number, high: number) => void): Check[][] {
  const places = new Places()
  const open = new Map<number, Window>()
  const checks: Check[][] = []
  const windows: Window[] = []
  for (let i = 0; i < block.insns.length; i++) {
    const insn = block.insns[i]
    const effects = block.effects[i]
    checks.push(
      effects.accesses.map((access, k): Check => {
        const plain = { low: 0, high: access.size, write: access.write }
        const place = placeOf(insn, access)
        if (place === undefined) return plain
        const key = places.version[place.base]
        const at = places.delta[place.base] + place.displacement
        if (key === RSP && depth !== undefined) {
          note?.(depth + at, depth + at + access.size)
          return 'covered'
        }
        const window = open.get(key)
        if (window && Math.max(window.high, at + access.size) - Math.min(window.low, at) <= SPAN) {
          window.low = Math.min(window.low, at)
          window.high = Math.max(window.high, at + access.size)
          window.write ||= access.write
          return 'covered'
        }
        const started = { version: key, low: at, high: at + access.size, write: access.write, leader: { insn: i, access: k, at } }
        open.set(key, started)
        windows.push(started)
        return plain
      }),
    )
    if (crosses(insn.name, effects.special)) open.clear()
    places.pass(insn, effects)
  }
  for (const { leader, low, high, write } of windows)
    checks[leader.insn][leader.access] = { low: low - leader.at, high: high - leader.at, write }
  return checks
}

function placeOf(insn: Instruction, access: Access): { base: number; displacement: number } | undefined {
  if (access.place !== 'operand') return access.place
  const memory = insn.operands.find((each) => each.kind === 'm')
  if (memory?.kind !== 'm' || memory.base < 0 || memory.index >= 0 || memory.segment !== 'none' || memory.short) return undefined
  return { base: memory.base, displacement: Number(memory.displacement) }
}

/** Keeps track of registers that change by a known amount. */
function follow(insn: Instruction, effects: Effects, places: Places): void {
  const { version, delta } = places
  const [to, from] = insn.operands
  const rest = effects.defined & 0xffff
  const others = (done: number) => {
    for (let r = 0; r < 16; r++) if (rest & (1 << r) && r !== done) places.forget(r)
  }
  const copy = (target: number, source: number, by: number) => {
    version[target] = version[source]
    delta[target] = delta[source] + by
  }
  if (insn.name === 'push') {
    delta[RSP] -= to.width
    return
  }
  if (insn.name === 'pop') {
    delta[RSP] += to.width
    others(to.kind === 'r' && to.index === RSP ? -1 : RSP)
    return
  }
  if (insn.name === 'leave') {
    copy(RSP, RBP, 8)
    places.forget(RBP)
    return
  }
  if (to?.kind === 'r' && to.width === 8 && from !== undefined && insn.operands.length === 2) {
    if ((insn.name === 'add' || insn.name === 'sub') && from.kind === 'i') {
      const by = immediateOf(from)!
      copy(to.index, to.index, insn.name === 'add' ? by : -by)
      return
    }
    if (insn.name === 'lea' && from.kind === 'm' && from.base >= 0 && from.index < 0 && !from.short) {
      copy(to.index, from.base, Number(from.displacement))
      return
    }
    if (insn.name === 'mov' && from.kind === 'r') {
      copy(to.index, from.index, 0)
      return
    }
  }
  others(-1)
}
