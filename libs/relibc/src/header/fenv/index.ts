/**
 * https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/fenv.h.html
 *
 * The environment is the guest's own: the control and status words of x87 and MXCSR, changed together. A fenv_t is the 28 bytes of
 * fnstenv and MXCSR behind them (psABI). Of the hosted functions only rint, lrint, lround and their like raise flags.
 */
import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { type HeaderTable, leaf } from '../../registry/define.ts'
import { currentRounding, FE, raise, setRounding } from './rounding.ts'

const SIZE = 32
const Env = { control: 0, status: 4, tags: 8, mxcsr: 28 } as const
const MASKS = 7
/** FE_DFL_ENV and FE_NOMASK_ENV, as addresses. */
const DEFAULT = -1n
const UNMASKED = -2n

/** Gives `value` on, having made the engine keep flags. */
function asked(c: LibcCall, value: number): number {
  c.process.cpu.keepFloatFlags()
  return value
}
const flagsOf = (c: LibcCall): number => (c.state.x87Status | c.state.mxcsr) & FE.all

function clear(c: LibcCall, flags: number): number {
  c.state.x87Status &= ~(flags & FE.all)
  c.state.mxcsr &= ~(flags & FE.all)
  return asked(c, 0)
}
function raised(c: LibcCall, flags: number): number {
  raise(c, flags)
  return asked(c, 0)
}
/** The exceptions that trap, by `change` of them; gives those that did before. */
function traps(c: LibcCall, change: (masks: number) => number): number {
  const { state } = c
  const masks = state.x87Control & FE.all
  const now = change(masks) & FE.all
  state.x87Control = (state.x87Control & ~FE.all) | now
  state.mxcsr = (state.mxcsr & ~(FE.all << MASKS)) | (now << MASKS)
  return ~masks & FE.all
}

function save(c: LibcCall, at: number): number {
  if (!writable(c, at, SIZE)) return -1
  c.memory.bytes(at, SIZE).fill(0)
  c.memory.setU32(at + Env.control, 0xffff_0000 | c.state.x87Control)
  c.memory.setU32(at + Env.status, 0xffff_0000 | c.state.x87Status)
  c.memory.setU32(at + Env.tags, 0xffff_ffff)
  c.memory.setU32(at + Env.mxcsr, c.state.mxcsr)
  return asked(c, 0)
}
function load(c: LibcCall, from: bigint): number {
  const { state, memory } = c
  if (from === DEFAULT || from === UNMASKED) {
    const masks = from === DEFAULT ? 0x3f : 2
    state.x87Control = 0x340 | masks
    state.x87Status &= ~FE.all
    state.mxcsr = masks << MASKS
    return asked(c, 0)
  }
  const at = Number(BigInt.asUintN(64, from))
  if (!readable(c, at, SIZE)) return -1
  state.x87Control = memory.getU16(at + Env.control)
  state.x87Status = memory.getU16(at + Env.status)
  state.mxcsr = memory.getU32(at + Env.mxcsr) & 0xffff
  return asked(c, 0)
}
function hold(c: LibcCall, at: number): number {
  if (save(c, at) !== 0) return -1
  traps(c, (masks) => masks | FE.all)
  return clear(c, FE.all)
}
function update(c: LibcCall, from: bigint): number {
  const flags = flagsOf(c)
  return load(c, from) === 0 ? raised(c, flags) : -1
}

export const fenv: HeaderTable = {
  name: 'fenv',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/fenv.h.html',
  rows: [
    leaf('feclearexcept', 'int(int)', clear),
    leaf('feraiseexcept', 'int(int)', raised, 'partial', 'an exception that is not masked traps at the next arithmetic, not at once'),
    leaf('fetestexcept', 'int(int)', (c, flags: number) => asked(c, flagsOf(c) & flags)),
    leaf('fegetexceptflag', 'int(ptr, int)', (c, at: number, flags: number) => {
      if (!writable(c, at, 2)) return -1
      c.memory.setU16(at, flagsOf(c) & flags)
      return asked(c, 0)
    }),
    leaf('fesetexceptflag', 'int(ptr, int)', (c, at: number, flags: number) => {
      if (!readable(c, at, 2)) return -1
      clear(c, flags)
      return raised(c, c.memory.getU16(at) & flags)
    }),
    leaf('fegetround', 'int()', currentRounding),
    leaf('fesetround', 'int(int)', (c, mode: number) => (setRounding(c, mode) ? 0 : 1)),
    leaf('fegetenv', 'int(ptr)', save),
    leaf('fesetenv', 'int(i64)', load),
    leaf('feholdexcept', 'int(ptr)', hold),
    leaf('feupdateenv', 'int(i64)', update),
    leaf('fegetexcept', 'int()', (c) => traps(c, (masks) => masks)),
    leaf('feenableexcept', 'int(int)', (c, flags: number) => traps(c, (masks) => masks & ~flags)),
    leaf('fedisableexcept', 'int(int)', (c, flags: number) => traps(c, (masks) => masks | (flags & FE.all))),
  ],
}
