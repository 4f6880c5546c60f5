/** What stands in a made library for the frames of functions that call the program: exceptions pass them, as they pass glibc's. */
import { CALL_FRAME, GateId } from '@bootgraph/kernel'
import type { MadeFrame, MadeFunction } from '@bootgraph/ld-so/elf'
import { CALLBACK_LEFT, CALLBACK_RETURNED } from '../header/start/callback.ts'
import { gateOf } from './gate.ts'

/** call rax, which is never run: an unwinder looks for the instruction before the one that a call returns to. */
const CALL = [0xff, 0xd0]

export const callbackReturned: MadeFunction = {
  name: CALLBACK_RETURNED,
  code: Uint8Array.of(...CALL, ...gateOf(GateId.callReturned)),
}

export const callbackFrame: MadeFrame = { of: CALLBACK_RETURNED, size: CALL_FRAME, personality: CALLBACK_LEFT }
