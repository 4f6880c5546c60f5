/** The direction that arithmetic rounds in, and functions that follow it. */
import type { LibcCall } from '../../registry/call.ts'
import { rint } from '../math/rounding.ts'
import type { Direction } from '../stdlib/real.ts'

/** FE_ALL_EXCEPT (x87's and MXCSR's bits but the denormal one), exceptions that functions raise, and the directions as x87's control word has them. */
export const FE = { all: 0x3d, invalid: 1, inexact: 0x20, toNearest: 0, downward: 0x400, upward: 0x800, towardZero: 0xc00 } as const
/** MXCSR has the direction three bits higher. */
const UP = 3

export const currentRounding = (c: LibcCall): number => c.state.x87Control & FE.towardZero

/** false = there is no such direction. */
export function setRounding(c: LibcCall, mode: number): boolean {
  if (mode & ~FE.towardZero) return false
  c.state.x87Control = (c.state.x87Control & ~FE.towardZero) | mode
  c.state.mxcsr = (c.state.mxcsr & ~(FE.towardZero << UP)) | (mode << UP)
  return true
}

/** Where the magnitude of a number of this sign is rounded to. */
export function directionOf(c: LibcCall, negative: boolean): Direction {
  const mode = currentRounding(c)
  if (mode === FE.toNearest) return 'nearest'
  return mode === (negative ? FE.downward : FE.upward) ? 'away' : 'zero'
}

/** Raises exceptions beside what the program's own arithmetic did. */
export function raise(c: LibcCall, flags: number): void {
  c.state.mxcsr |= flags & FE.all
}

/** To an integer in the current direction. */
export function rounded(c: LibcCall, x: number): number {
  const mode = currentRounding(c)
  if (mode === FE.toNearest) return rint(x)
  return mode === FE.downward ? Math.floor(x) : mode === FE.upward ? Math.ceil(x) : Math.trunc(x)
}
