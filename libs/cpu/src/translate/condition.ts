/** Conditions (Intel SDM vol. 1, appendix B) of what was compared, without flags in between. */
import type { Emitter, FlagWrites } from '../isa/emitter.ts'
import { W } from '../wasm/code.ts'
import { Flag } from './effects.ts'

const { cf, of, zf, sf, pf } = Flag
/** The flags that a condition reads, by condition code / 2. */
export const CONDITION_FLAGS = [of, cf, zf, cf | zf, sf, pf, sf | of, sf | of | zf]
/** i64 comparisons by condition; the signed ones want sign-extended operands. */
const COMPARE: Readonly<Record<number, number>> = {
  2: W.i64ltu,
  3: W.i64geu,
  4: W.i64eq,
  5: W.i64ne,
  6: W.i64leu,
  7: W.i64gtu,
  12: W.i64lts,
  13: W.i64ges,
  14: W.i64les,
  15: W.i64gts,
}
/** The same on i32, signed ones too. */
const COMPARE_32: Readonly<Record<number, number>> = {
  2: W.i32ltu,
  3: W.i32geu,
  4: W.i32eq,
  5: W.i32ne,
  6: W.i32leu,
  7: W.i32gtu,
  12: W.i32lts,
  13: W.i32ges,
  14: W.i32les,
  15: W.i32gts,
}

/** Pushes a condition straight from what was compared. False, and nothing pushed, if it has to be made of flags. */
export function fused(e: Emitter, flags: FlagWrites, cc: number): boolean {
  const { code } = e
  const kind = cc >> 1
  if (flags.compare) {
    const opcode = (e.width === 4 ? COMPARE_32 : COMPARE)[cc]
    if (opcode === undefined) return false
    for (const push of flags.compare) {
      push()
      if (e.width === 4) code.wrap()
      else if (kind >= 6) e.signExtend()
    }
    code.op(opcode)
    return true
  }
  if (flags.result === undefined || flags.cf !== 0 || flags.of !== 0) return false
  if (kind === 6 || kind === 7) {
    flags.result()
    e.signExtend()
    code.i64(0n).op(cc === 12 ? W.i64lts : cc === 13 ? W.i64ges : cc === 14 ? W.i64les : W.i64gts)
    return true
  }
  if (kind !== 3) return false
  flags.result()
  code.op(W.i64eqz)
  if (cc & 1) code.op(W.i32eqz)
  return true
}
