/** errno of a mathematical function by its result (C17 7.12.1): no number from numbers is a domain error, infinity from finite ones a range error. */
import type { LibcCall } from '../../registry/call.ts'

const EDOM = 33
const ERANGE = 34

/** Gives the result on, having set errno. `vanishes`: zero from numbers that are none is an underflow. */
export function checked(c: LibcCall, result: number, args: readonly number[], vanishes = false): number {
  if (Number.isNaN(result)) {
    if (!args.some((x) => Number.isNaN(x))) c.fail(EDOM)
  } else if (!Number.isFinite(result)) {
    if (args.every((x) => Number.isFinite(x))) c.fail(ERANGE)
  } else if (vanishes && result === 0 && args.every((x) => Number.isFinite(x) && x !== 0)) c.fail(ERANGE)
  return result
}
