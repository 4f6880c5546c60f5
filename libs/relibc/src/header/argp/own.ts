/** The options that every program has which does not say no: help, usage, version (GNU C library manual, Argp Default Options). */
import { type Co, callGuest } from '@bootgraph/kernel'
import type { LibcCall } from '../../registry/call.ts'
import { object } from '../../registry/define.ts'
import { constant } from '../constant.ts'
import { exit } from '../start/exit.ts'
import { isStream, put } from '../stdio/stream.ts'
import { storage } from '../storage.ts'
import { Help } from './help.ts'
import { complain, stateHelp } from './messages.ts'
import { Argp, EBADKEY, OptionFlag, Parse, State, text } from './structs.ts'

const Key = { help: 0x3f, version: 0x56, usage: -3, name: -2, hang: -4 } as const
const OPTION = 48
const SECOND = 1_000_000_000n
const { hidden, argumentOptional } = OptionFlag
type Own = readonly [name: string, key: number, argument: string, flags: number, doc: string]
const DEFAULT: readonly Own[] = [
  ['help', Key.help, '', 0, 'Give this help list'],
  ['usage', Key.usage, '', 0, 'Give a short usage message'],
  ['program-name', Key.name, 'NAME', hidden, 'Set the program name'],
  ['HANG', Key.hang, 'SECS', hidden | argumentOptional, 'Hang for SECS seconds (default 3600)'],
]
const VERSION: readonly Own[] = [['version', Key.version, '', 0, 'Print program version']]
/** __libc_argp: two structs argp, then their options, each with its end. */
const Place = { default: 0, version: Argp.size, options: 2 * Argp.size } as const
export const ownArgps = object('__libc_argp', Place.options + OPTION * (DEFAULT.length + VERSION.length + 2), 8)

/** Writes both where the program's parsers and filters may read them. */
export function place(c: LibcCall): { readonly defaults: number; readonly version: number } {
  const { memory } = c
  const at = storage(c, ownArgps.name)
  let next = at + Place.options
  for (const [argp, options] of [
    [at + Place.default, DEFAULT],
    [at + Place.version, VERSION],
  ] as const) {
    memory.setSize(argp + Argp.options, next)
    for (const [name, key, argument, flags, doc] of options) {
      memory.setSize(next, constant(c, name))
      memory.setI32(next + 8, key)
      memory.setSize(next + 16, argument === '' ? 0 : constant(c, argument))
      memory.setI32(next + 24, flags)
      memory.setSize(next + 32, constant(c, doc))
      memory.setI32(next + 40, -1)
      next += OPTION
    }
    next += OPTION
  }
  return { defaults: at + Place.default, version: at + Place.version }
}

const pointer = (c: LibcCall, name: string): number => c.memory.getSize(c.object(name))
export const hasVersion = (c: LibcCall): boolean =>
  pointer(c, 'argp_program_version') !== 0 || pointer(c, 'argp_program_version_hook') !== 0

function rename(c: LibcCall, state: number, name: number): void {
  const { memory } = c
  const short = memory.cstrEnd(name) < 0 ? name : name + (text(c, name) ?? '').lastIndexOf('/') + 1
  memory.setSize(c.object('program_invocation_name'), name)
  memory.setSize(c.object('program_invocation_short_name'), short)
  memory.setSize(state + State.name, short)
  if ((memory.getU32(state + State.flags) & (Parse.argv0 | Parse.noErrors)) === Parse.argv0)
    memory.setSize(memory.getSize(state + State.argv), name)
}

function* version(c: LibcCall, state: number): Co<void> {
  const { memory } = c
  const file = memory.getSize(state + State.output)
  const [hook, told] = [pointer(c, 'argp_program_version_hook'), text(c, pointer(c, 'argp_program_version'))]
  if (hook !== 0) yield* callGuest(hook, file, state)
  else if (told === undefined) yield* complain(c, state, new TextEncoder().encode('(PROGRAM ERROR) No version known!?'))
  else if (isStream(c, file))
    yield* put(
      c,
      file,
      Uint8Array.from(`${told}\n`, (char) => char.charCodeAt(0)),
    )
  if (!(memory.getU32(state + State.flags) & Parse.noExit)) yield* exit(c, 0)
}

/** What the library's own parsers do with a key. */
export function* parseOwn(c: LibcCall, state: number, key: number, argument: number): Co<number> {
  const output = c.memory.getSize(state + State.output)
  if (key === Key.help)
    yield* stateHelp(c, state, output, Help.shortUsage | Help.long | Help.exit | Help.before | Help.behind | Help.bugAddress)
  else if (key === Key.usage) yield* stateHelp(c, state, output, Help.usage | Help.exit)
  else if (key === Key.name) rename(c, state, argument)
  else if (key === Key.hang) {
    const seconds = argument === 0 ? 3600 : Number.parseInt(c.string(argument), 10) || 0
    yield* c.kernel.sleep(c.cx, c.kernel.clock(c.cx, 'monotonic') + BigInt(seconds) * SECOND)
  } else if (key === Key.version) yield* version(c, state)
  else return EBADKEY
  return 0
}
