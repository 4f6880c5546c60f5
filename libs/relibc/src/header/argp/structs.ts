/** The structs of argp.h as the program lays them out. Texts are bytes as characters below 256. */
import { cstring, readable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'

export const EBADKEY = 7

export const OptionFlag = { argumentOptional: 1, hidden: 2, alias: 4, documentation: 8, noUsage: 0x10 } as const

/** struct argp_option: { name, key i32 @8, arg @16, flags i32 @24, doc @32, group i32 @40 }; the last one is all zero. */
const OPTION = 48
export interface Option {
  readonly name: string | undefined
  readonly key: number
  readonly argument: string | undefined
  readonly flags: number
  readonly doc: string | undefined
  readonly group: number
}

/** struct argp: { options, parser, args_doc, doc, children, help_filter, argp_domain }. */
export const Argp = { options: 0, parser: 8, argsDoc: 16, doc: 24, children: 32, filter: 40, size: 56 } as const
/** struct argp_child: { argp, flags i32, header @16, group i32 @24 }; the last one has no argp. */
export const CHILD = 32
export interface Child {
  readonly argp: number
  readonly header: string | undefined
  readonly group: number
}

/** struct argp_state. Behind it the library keeps the input of every parser, as pairs with its argp (`inputs`), the number of pairs first. */
export const State = {
  root: 0,
  argc: 8,
  argv: 16,
  next: 24,
  flags: 28,
  argNumber: 32,
  quoted: 36,
  input: 40,
  childInputs: 48,
  hook: 56,
  name: 64,
  errors: 72,
  output: 80,
  own: 88,
  size: 96,
} as const

export const Parse = { argv0: 1, noErrors: 2, noArguments: 4, inOrder: 8, noHelp: 0x10, noExit: 0x20, longOnly: 0x40 } as const

export function text(c: LibcCall, at: number): string | undefined {
  const bytes = at === 0 ? undefined : cstring(c, at)
  return bytes && Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}

export function optionsOf(c: LibcCall, argp: number): Option[] {
  const { memory } = c
  const out: Option[] = []
  const first = memory.getSize(argp + Argp.options)
  for (let at = first; at !== 0 && readable(c, at, OPTION); at += OPTION) {
    const option: Option = {
      name: text(c, memory.getSize(at)),
      key: memory.getI32(at + 8),
      argument: text(c, memory.getSize(at + 16)),
      flags: memory.getI32(at + 24),
      doc: text(c, memory.getSize(at + 32)),
      group: memory.getI32(at + 40),
    }
    if (option.key === 0 && option.name === undefined && option.doc === undefined && option.group === 0) break
    out.push(option)
  }
  return out
}

export function childrenOf(c: LibcCall, argp: number): Child[] {
  const { memory } = c
  const out: Child[] = []
  const first = memory.getSize(argp + Argp.children)
  for (let at = first; at !== 0 && readable(c, at, CHILD) && memory.getSize(at) !== 0; at += CHILD)
    out.push({ argp: memory.getSize(at), header: text(c, memory.getSize(at + 16)), group: memory.getI32(at + 24) })
  return out
}

export const isAlias = (option: Option): boolean => (option.flags & OptionFlag.alias) !== 0
export const isDocumentation = (option: Option): boolean => (option.flags & OptionFlag.documentation) !== 0
export const isVisible = (option: Option): boolean => (option.flags & OptionFlag.hidden) === 0
/** An option of one letter has a key that prints. */
export const isShort = (option: Option): boolean => !isDocumentation(option) && option.key >= 0x20 && option.key < 0x7f

/** What the parser of an argp is given as input in a parse that goes on, or 0. */
export function inputOf(c: LibcCall, argp: number, state: number): number {
  const { memory } = c
  const pairs = state === 0 ? 0 : memory.getSize(state + State.own)
  for (let i = 0; pairs !== 0 && i < memory.getSize(pairs); i++)
    if (memory.getSize(pairs + 8 + 16 * i) === argp) return memory.getSize(pairs + 16 + 16 * i)
  return 0
}
