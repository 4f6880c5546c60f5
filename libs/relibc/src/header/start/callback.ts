/** Where functions of the program return to that the library has called, and what is asked when an exception goes past (Itanium C++ ABI 1.6.2). */

import { readable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { leaf } from '../../registry/define.ts'
import { storage } from '../storage.ts'

/** Exported functions of every made library. */
export const CALLBACK_RETURNED = '__libc_callback_returned'
export const CALLBACK_LEFT = '__libc_callback_left'
/** The return address lies behind a call instruction of two bytes. */
const RETURN_OFFSET = 2

/** _Unwind_Action, _Unwind_Reason_Code. */
const Action = { cleanup: 2, forced: 8 } as const
const CONTINUE_UNWIND = 8
/** _Unwind_Exception's private_2: in the second phase, the stack pointer of the frame that handles it. */
const HANDLER = 24

/** Address that called functions return to; undefined in a program without a made library. */
export function callbackReturn(c: LibcCall): number | undefined {
  const at = storage(c, CALLBACK_RETURNED)
  return at === 0 ? undefined : at + RETURN_OFFSET
}

/** Where an exception ends is known once its second phase has begun: all callbacks below are given up, and what stood behind them is undone. */
function callbackLeft(c: LibcCall, version: number, actions: number, _kind: bigint, exception: number): number {
  if (version === 1 && actions & Action.cleanup && !(actions & Action.forced) && readable(c, exception + HANDLER, 8))
    c.leaveCallbacks(c.memory.getSize(exception + HANDLER))
  return CONTINUE_UNWIND
}

export const callbackRows = [leaf(CALLBACK_LEFT, 'int(int, int, u64, ptr)', callbackLeft)]
