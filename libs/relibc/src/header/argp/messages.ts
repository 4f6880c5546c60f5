/** What an argp parser says when something is wrong: argp_error, argp_failure, argp_state_help (GNU C library manual, Argp Helper Functions). */
import type { Co } from '@bootgraph/kernel'
import { cstring } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import type { VaList } from '../../registry/va-list.ts'
import { exit } from '../start/exit.ts'
import { formatText } from '../stdio/format.ts'
import { isStream, put, standard } from '../stdio/stream.ts'
import { errorMessage } from '../string/messages.ts'
import { Help, help } from './help.ts'
import { Parse, State, text } from './structs.ts'

const encoder = new TextEncoder()

const flagsOf = (c: LibcCall, state: number): number => (state === 0 ? 0 : c.memory.getU32(state + State.flags))
const nameOf = (c: LibcCall, state: number): string =>
  text(c, c.memory.getSize(state === 0 ? c.object('program_invocation_short_name') : state + State.name)) ?? ''
const errorsOf = (c: LibcCall, state: number): number => (state === 0 ? standard(c, 'stderr') : c.memory.getSize(state + State.errors))

/** What `flags` ask for, and the end of the process where they and the state say so. */
export function* stateHelp(c: LibcCall, state: number, file: number, flags: number): Co<void> {
  const given = flagsOf(c, state)
  if (given & Parse.noErrors || file === 0) return
  const root = state === 0 ? 0 : c.memory.getSize(state + State.root)
  yield* help(c, root, state, file, given & Parse.longOnly ? flags | Help.longOnly : flags, nameOf(c, state))
  if (given & Parse.noExit) return
  if (flags & Help.exitError) yield* exit(c, c.memory.getI32(c.object('argp_err_exit_status')))
  if (flags & Help.exit) yield* exit(c, 0)
}

function formatted(c: LibcCall, format: number, list: VaList | undefined): Uint8Array {
  const pattern = format === 0 ? undefined : cstring(c, format)
  const made = pattern === undefined || list === undefined ? undefined : formatText(c, pattern, list)
  return made instanceof Uint8Array ? made : new Uint8Array(0)
}

/** `name: message`, and where help is to be had. */
export function* complain(c: LibcCall, state: number, message: Uint8Array): Co<void> {
  const file = errorsOf(c, state)
  if (flagsOf(c, state) & Parse.noErrors || !isStream(c, file)) return
  yield* put(c, file, Uint8Array.from([...encoder.encode(`${nameOf(c, state)}: `), ...message, 10]))
  yield* stateHelp(c, state, file, Help.see | Help.exitError)
}

export const error = (c: LibcCall, state: number, format: number, list: VaList): Co<void> => complain(c, state, formatted(c, format, list))

export function* failure(c: LibcCall, state: number, status: number, code: number, format: number, list: VaList): Co<void> {
  const file = errorsOf(c, state)
  const flags = flagsOf(c, state)
  if (flags & Parse.noErrors || !isStream(c, file)) return
  const head = encoder.encode(format === 0 ? nameOf(c, state) : `${nameOf(c, state)}: `)
  const tail = encoder.encode(code === 0 ? '\n' : `: ${errorMessage(code)}\n`)
  yield* put(c, file, Uint8Array.from([...head, ...formatted(c, format, list), ...tail]))
  if (status !== 0 && !(flags & Parse.noExit)) yield* exit(c, status)
}
