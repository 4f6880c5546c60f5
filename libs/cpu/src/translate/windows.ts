/**
 * Accesses of one block that lie near each other are checked once: those by the same base register (followed through moves and
 * additions of constants) whose bytes fit into 4 KiB. A page's fast bits vouch for the page behind it, so one look decides for all;
 * if it does not, the instruction goes to the interpreter, which is exact.
 */
import type { Instruction } from '../decode/decoder.ts'
import { type Access, type Effects, immediateOf } from './effects.ts'
import type { Block } from './function-code.ts'
import { crosses } from './liveness.ts'

/** What an access checks: `low` .. `high` are bytes from its own address. */
export type Check = 'covered' | { readonly low: number; readonly high: number; readonly write: boolean }

const SPAN = 4096
const RSP = 4
const RBP = 5

interface Window {
  readonly version: number
  low: number
  high: number
  write: boolean
  readonly leader: { readonly insn: number; readonly access: number; readonly at: number }
}

/** One list of checks per instruction, one check per access of its row. */
export function checksOf(block: Block): Check[][] {
  const version = new Int32Array(16)
  const delta = new Float64Array(16)
  let versions = 16
  const forget = (register: number) => {
    version[register] = versions++
    delta[register] = 0
  }
  for (let r = 0; r < 16; r++) version[r] = r
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
        const key = version[place.base]
        const at = delta[place.base] + place.displacement
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
    if (crosses(insn.name, effects.special)) {
      open.clear()
      for (let r = 0; r < 16; r++) forget(r)
    } else follow(insn, effects, version, delta, forget)
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
function follow(insn: Instruction, effects: Effects, version: Int32Array, delta: Float64Array, forget: (register: number) => void): void {
  const [to, from] = insn.operands
  const rest = effects.defined & 0xffff
  const others = (done: number) => {
    for (let r = 0; r < 16; r++) if (rest & (1 << r) && r !== done) forget(r)
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
    forget(RBP)
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
