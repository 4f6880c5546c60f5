/** A guest function as basic blocks: every instruction that its entry reaches inside its range. */
import { decode, type Instruction } from '../decode/decoder.ts'
import { isKnown } from '../isa/table.ts'
import { type GuestMemory, Perm } from '../memory/guest-memory.ts'
import { asExact } from '../run/exact-floats.ts'
import { type Effects, effectsOf } from './effects.ts'

export interface Block {
  readonly start: number
  readonly insns: Instruction[]
  readonly effects: Effects[]
  /** Guest address behind the last instruction. */
  end: number
  /** Where it goes on inside the function, by guest address; the fall-through is last. */
  next: number[]
  /** For an indirect jump by a table: the targets by index, and the register that holds the index. */
  table: { readonly targets: readonly number[]; readonly index: number } | undefined
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
  const tables = new Map<number, NonNullable<Block['table']>>()
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
        const table = jumpTable(memory, run, range)
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
    const block: Block = { start, insns: [], effects: [], end: start, next: [], table: undefined }
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
    // A jump into the middle of the pattern could bring another index.
    const whole = last.operands[0]?.kind === 'm' || block.insns.at(-3)?.name === 'movsxd'
    block.table = whole ? tables.get(last.rip) : undefined
    const reach = (target: number) => {
      if (known.has(target) && !block.next.includes(target)) block.next.push(target)
    }
    if (last.name === 'jmp') {
      if (last.operands.length === 0) reach(last.target)
      else if (block.table) for (const target of block.table.targets) reach(target)
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
 * `movsxd x, dword [base + index * 4]; add x, base; jmp x` with `base` set by `lea base, [rip + table]`, or `jmp [table + index * 8]`.
 * Only tables in memory that cannot be written count: they are read now and taken for constant.
 */
function jumpTable(memory: GuestMemory, run: readonly Instruction[], range: Range): Block['table'] {
  const jump = run.at(-1)!
  const [target] = jump.operands
  const targets: number[] = []
  const collect = (at: number, width: number, entry: (place: number) => number): void => {
    for (let i = 0; i < TABLE_LIMIT; i++) {
      const place = at + i * width
      if (!memory.accessible(place, width, 1) || memory.permissions[place >>> 12] & Perm.write) break
      const to = entry(place)
      if (to < range.start || to >= range.end) break
      targets.push(to)
    }
  }
  if (target.kind === 'm') {
    const table = Number(target.displacement)
    if (target.base >= 0 || target.index < 0 || target.scale !== 3 || target.segment !== 'none' || table <= 0) return undefined
    collect(table, 8, (place) => memory.getSize(place))
    return targets.length > 0 ? { targets, index: target.index } : undefined
  }
  if (target.kind !== 'r') return undefined
  const add = run.at(-2)
  const load = run.at(-3)
  if (add?.name !== 'add' || load?.name !== 'movsxd') return undefined
  const [sum, base] = add.operands
  const [, entry] = load.operands
  if (sum.kind !== 'r' || base.kind !== 'r' || sum.index !== target.index || entry.kind !== 'm') return undefined
  const other = base.index
  if (entry.index < 0 || entry.scale !== 2 || entry.segment !== 'none') return undefined
  if (entry.base !== other && entry.base !== sum.index) return undefined
  for (let i = run.length - 4; i >= 0; i--) {
    const [to, from] = run[i].operands
    if (to?.kind !== 'r' || to.index !== entry.base || run[i].name === 'cmp' || run[i].name === 'test') continue
    if (run[i].name !== 'lea' || from.kind !== 'm' || from.base >= 0 || from.index >= 0) return undefined
    const table = Number(from.displacement) + Number(entry.displacement)
    collect(table, 4, (place) => table + memory.getI32(place))
    return targets.length > 0 ? { targets, index: entry.index } : undefined
  }
  return undefined
}
