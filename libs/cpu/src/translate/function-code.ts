/** A guest function as basic blocks: every instruction that its entry reaches inside its range. */
import { decode, type Instruction } from '../decode/decoder.ts'
import { isKnown } from '../isa/table.ts'
import type { GuestMemory } from '../memory/guest-memory.ts'
import { asExact } from '../run/exact-floats.ts'
import { type Effects, effectsOf } from './effects.ts'
import { crosses } from './liveness.ts'

export interface Block {
  readonly start: number
  readonly insns: Instruction[]
  readonly effects: Effects[]
  /** Guest address behind the last instruction. */
  end: number
  /** Where it goes on inside the function, by guest address; the fall-through is last. */
  next: number[]
  /** A jump leads, or it goes on, to elsewhere: perhaps to a part of the function that lies apart, for which flags mean something. */
  leaves: boolean
  table: JumpTable | undefined
}

/** An indirect jump by a table in memory that cannot be written. */
export interface JumpTable {
  /** By index; the function's end stands for indices that never come. */
  readonly targets: readonly number[]
  /** Address of the instruction that reads the table, and the register that holds the index there. */
  readonly load: number
  readonly index: number
  /** The register with the table's address, what must be in it, and the instruction that has put it there if that is known. */
  readonly base: { readonly register: number; readonly value: number; readonly lea: number | undefined } | undefined
}

export interface FunctionCode {
  readonly start: number
  readonly end: number
  /** Ascending by address; the entry's block is not always the first. */
  readonly blocks: Block[]
  readonly byStart: ReadonlyMap<number, Block>
  readonly instructions: number
}

/** Instructions after which nothing follows in line. */
const STOPS = new Set(['jmp', 'ret', 'ud2', 'unsupported', 'int3', 'hlt', 'syscall', 'gate'])
/** Entries of a jump table that are looked at, at most. */
const TABLE_LIMIT = 2048

export interface Range {
  readonly start: number
  readonly end: number
}

/** `exact`: float arithmetic is left to the host. @returns the blocks of the function at `range.start`, or undefined if it has more than `limit` instructions or is not executable. */
export function readFunction(memory: GuestMemory, range: Range, limit: number, exact = false): FunctionCode | undefined {
  const decoded = new Map<number, Instruction>()
  const leaders = new Set<number>([range.start])
  const tables = new Map<number, JumpTable>()
  const work = [range.start]
  const inside = (address: number) => address >= range.start && address < range.end
  const lead = (address: number) => {
    if (!inside(address) || leaders.has(address)) return
    leaders.add(address)
    if (!decoded.has(address)) work.push(address)
  }
  while (work.length > 0) {
    let at = work.pop()!
    const run: Instruction[] = []
    while (inside(at) && !decoded.has(at)) {
      const insn = decodeAt(memory, at, exact)
      if (insn === undefined) break
      if (decoded.size >= limit) return undefined
      decoded.set(at, insn)
      run.push(insn)
      at += insn.length
      const direct = insn.operands.length === 0 || insn.name === 'jcc'
      if ((insn.name === 'jmp' && direct) || insn.name === 'jcc' || insn.name === 'jrcxz' || insn.name.startsWith('loop')) {
        lead(insn.target)
        if (insn.name !== 'jmp') lead(at)
      } else if (insn.name === 'jmp') {
        const table = jumpTable(memory, run, decoded, range)
        if (table) {
          tables.set(insn.rip, table)
          for (const target of table.targets) lead(target)
        }
      }
      if (STOPS.has(insn.name)) break
    }
  }
  if (!decoded.has(range.start)) return undefined
  const starts = [...leaders].filter((at) => decoded.has(at)).sort((a, b) => a - b)
  const blocks: Block[] = []
  const byStart = new Map<number, Block>()
  const known = new Set(starts)
  for (const start of starts) {
    const block: Block = { start, insns: [], effects: [], end: start, next: [], leaves: false, table: undefined }
    for (let at = start; ; ) {
      const insn = decoded.get(at)
      if (insn === undefined) break
      block.insns.push(insn)
      block.effects.push(effectsOf(insn))
      at += insn.length
      block.end = at
      if (STOPS.has(insn.name) || known.has(at)) break
      if (insn.name === 'jcc' || insn.name === 'jrcxz' || insn.name.startsWith('loop')) break
    }
    const last = block.insns.at(-1)!
    const table = tables.get(last.rip)
    // A jump into the middle of the pattern could bring another index, and from before its beginning another table.
    const has = (rip: number) => block.insns.some((insn) => insn.rip === rip)
    if (table && has(table.load)) {
      const sure = table.base?.lea !== undefined && has(table.base.lea)
      block.table = sure ? { ...table, base: undefined } : table
    }
    const reach = (target: number) => {
      if (!known.has(target)) block.leaves = true
      else if (!block.next.includes(target)) block.next.push(target)
    }
    if (last.name === 'jmp') {
      if (last.operands.length === 0) reach(last.target)
      else {
        block.leaves = true
        for (const target of block.table?.targets ?? []) reach(target)
      }
    } else if (!STOPS.has(last.name)) {
      if (last.name === 'jcc' || last.name === 'jrcxz' || last.name.startsWith('loop')) reach(last.target)
      reach(block.end)
    }
    blocks.push(block)
    byStart.set(start, block)
  }
  return { start: range.start, end: range.end, blocks, byStart, instructions: decoded.size }
}

function decodeAt(memory: GuestMemory, at: number, exact: boolean): Instruction | undefined {
  const length = memory.fetchable(at, 15)
  const insn = length === 0 ? undefined : decode(memory.u8, at, at, length)
  if (insn === undefined) return undefined
  return isKnown(insn.name) ? (exact ? asExact(insn) : insn) : { ...insn, name: 'unsupported', operands: [] }
}

/**
 * `jmp [table + index * 8]`, or `movsxd x, dword [base + index * 4]; add x, base; jmp x` with `base` set by `lea base, [rip + table]` and other
 * instructions between. Where the `lea` is out of sight, as compilers move it out of loops, any of the function is tried whose table makes sense:
 * the translation compares the register with it.
 */
function jumpTable(
  memory: GuestMemory,
  run: readonly Instruction[],
  decoded: ReadonlyMap<number, Instruction>,
  range: Range,
): JumpTable | undefined {
  const jump = run.at(-1)!
  const [target] = jump.operands
  const collect = (at: number, width: number, entry: (place: number) => number): number[] => {
    const targets: number[] = []
    for (let i = 0; i < TABLE_LIMIT; i++) {
      const place = at + i * width
      if (!memory.accessible(place, width, 1) || memory.mayChange(place)) break
      const to = entry(place)
      // Where it is not reachable, clang's tables lead behind the function.
      if (to < range.start || to > range.end) break
      targets.push(to)
    }
    while (targets.at(-1) === range.end) targets.pop()
    return targets
  }
  if (target.kind === 'm') {
    const table = Number(target.displacement)
    if (target.base >= 0 || target.index < 0 || target.scale !== 3 || target.segment !== 'none' || table <= 0) return undefined
    const targets = collect(table, 8, (place) => memory.getSize(place))
    return targets.length > 0 ? { targets, load: jump.rip, index: target.index, base: undefined } : undefined
  }
  if (target.kind !== 'r') return undefined
  /** Place of the last instruction before `at` that sets the register, -1 if it is out of sight. */
  const setter = (at: number, register: number): number => {
    for (let i = at - 1; i >= 0; i--) {
      const effects = effectsOf(run[i])
      if (crosses(run[i].name, effects.special)) return -1
      if (effects.defined & (1 << register)) return i
    }
    return -1
  }
  const addAt = setter(run.length - 1, target.index)
  const add = run[addAt]
  if (add?.name !== 'add') return undefined
  const [sum, other] = add.operands
  if (sum.kind !== 'r' || other.kind !== 'r' || sum.width !== 8) return undefined
  for (const [loaded, register] of [
    [sum.index, other.index],
    [other.index, sum.index],
  ]) {
    const loadAt = setter(addAt, loaded)
    const load = run[loadAt]
    if (load?.name !== 'movsxd' || setter(addAt, register) >= loadAt) continue
    const [to, entry] = load.operands
    if (to.kind !== 'r' || to.width !== 8 || entry.kind !== 'm' || entry.base !== register || entry.index < 0) continue
    if (entry.scale !== 2 || entry.segment !== 'none') continue
    const near = run[setter(loadAt, register)]
    const known = near && tableAt(near, register)
    const candidates = known === undefined ? tablesIn(decoded, register, load.rip) : [known]
    for (const value of candidates) {
      const table = value + Number(entry.displacement)
      const targets = collect(table, 4, (place) => table + memory.getI32(place))
      if (targets.length < (known === undefined ? 2 : 1)) continue
      return { targets, load: load.rip, index: entry.index, base: { register, value, lea: known === undefined ? undefined : near.rip } }
    }
  }
  return undefined
}

/** What `lea register, [rip + x]` puts there; undefined for any other instruction. */
function tableAt({ name, operands: [to, from] }: Instruction, register: number): number | undefined {
  if (name !== 'lea' || to.kind !== 'r' || to.index !== register || from.kind !== 'm' || from.base >= 0 || from.index >= 0) return undefined
  return Number(from.displacement)
}
/** Addresses that the function puts into the register, the nearest before `at` first. */
function tablesIn(decoded: ReadonlyMap<number, Instruction>, register: number, at: number): number[] {
  const found: { readonly value: number; readonly far: number }[] = []
  for (const insn of decoded.values()) {
    const value = tableAt(insn, register)
    if (value !== undefined) found.push({ value, far: insn.rip < at ? at - insn.rip : insn.rip })
  }
  return [...new Set(found.sort((a, b) => a.far - b.far).map(({ value }) => value))]
}
