/** argp_parse: options by getopt's rules, each to the parser whose it is, arguments to the first that wants them (GNU C library manual, Argp). */
import { type Co, callGuest } from '@bootgraph/kernel'
import { writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { type Long, nextOption, type Words } from '../getopt/index.ts'
import { isStream, put, standard } from '../stdio/stream.ts'
import { calloc, free } from '../stdlib/malloc.ts'
import { Help } from './help.ts'
import { complain, stateHelp } from './messages.ts'
import { hasVersion, parseOwn, place } from './own.ts'
import {
  Argp,
  CHILD,
  childrenOf,
  EBADKEY,
  isAlias,
  isDocumentation,
  isShort,
  type Option,
  OptionFlag,
  optionsOf,
  Parse,
  State,
  text,
} from './structs.ts'

const ENOMEM = 12
const EINVAL = 22
const Key = {
  argument: 0,
  end: 0x100_0001,
  noArguments: 0x100_0002,
  init: 0x100_0003,
  success: 0x100_0004,
  error: 0x100_0005,
  arguments: 0x100_0006,
  fini: 0x100_0007,
} as const
/** Answers of getopt. */
const END = -1
const OPERAND = 1
const UNKNOWN = 0x3f
/** Options of one letter answer with it, long ones with this and their index. */
const LONG = 0x1_0000

/** An argp that has options or a parser. */
interface Group {
  readonly argp: number
  readonly parser: number
  readonly parent: Group | undefined
  /** Its place among its parent's children. */
  readonly index: number
  /** Inputs of its children, a vector of the program's to fill. */
  inputs: number
  input: number
  hook: number
  processed: number
}

interface LongOption extends Long {
  readonly group: Group
  readonly key: number
}

class Parser implements Words {
  readonly c: LibcCall
  readonly state: number
  readonly groups: Group[] = []
  readonly letters = new Map<string, Group>()
  readonly options: LongOption[] = []
  readonly own: ReadonlySet<number>
  spec: string
  trying = true

  index = 0
  argument = 0
  option = END
  next = 0
  first = 0
  last = 0
  started = false
  silent = false

  constructor(c: LibcCall, state: number, root: number, own: ReadonlySet<number>, flags: number) {
    this.c = c
    this.state = state
    this.own = own
    this.spec = flags & Parse.inOrder ? '-' : flags & Parse.noArguments ? '+' : ''
    this.#collect(root, undefined, 0)
  }

  #collect(argp: number, parent: Group | undefined, index: number): void {
    const { c } = this
    let group: Group | undefined
    const parser = c.memory.getSize(argp + Argp.parser)
    if (c.memory.getSize(argp + Argp.options) !== 0 || parser !== 0 || this.own.has(argp)) {
      group = { argp, parser, parent, index, inputs: 0, input: 0, hook: 0, processed: 0 }
      this.groups.push(group)
      let real: Option | undefined
      for (const option of optionsOf(c, argp)) {
        if (!isAlias(option) || real === undefined) real = option
        if (!isDocumentation(real)) this.#add(option, real, group)
      }
    }
    for (const [i, child] of childrenOf(c, argp).entries()) this.#collect(child.argp, group, i)
  }

  #add(option: Option, real: Option, group: Group): void {
    const optional = (real.flags & OptionFlag.argumentOptional) !== 0
    const argument = real.argument === undefined ? 0 : optional ? 2 : 1
    if (isShort(option)) {
      const letter = String.fromCharCode(option.key)
      this.spec += `${letter}${'::'.slice(0, argument)}`
      if (!this.letters.has(letter)) this.letters.set(letter, group)
    }
    if (option.name !== undefined && !this.options.some(({ name }) => name === option.name))
      this.options.push({ name: option.name, argument, flag: 0, value: LONG + this.options.length, group, key: option.key || real.key })
  }

  get at(): number {
    return this.c.memory.getI32(this.state + State.next)
  }
  set at(value: number) {
    this.c.memory.setI32(this.state + State.next, value)
  }
  get flags(): number {
    return this.c.memory.getU32(this.state + State.flags)
  }
  get count(): number {
    return this.c.memory.getI32(this.state + State.argc)
  }
  argumentAt(i: number): number {
    return this.c.memory.getSize(this.c.memory.getSize(this.state + State.argv) + 8 * i)
  }

  /** Tells a parser something. */
  *tell(group: Group, key: number, argument = 0): Co<number> {
    const { c, state } = this
    const { memory } = c
    if (group.parser === 0 && !this.own.has(group.argp)) return EBADKEY
    memory.setSize(state + State.hook, group.hook)
    memory.setSize(state + State.input, group.input)
    memory.setSize(state + State.childInputs, group.inputs)
    memory.setU32(state + State.argNumber, group.processed)
    if (group.parser === 0) return yield* parseOwn(c, state, key, argument)
    const answer = Number(BigInt.asIntN(32, yield* callGuest(group.parser, BigInt.asUintN(32, BigInt(key)), argument, state)))
    group.hook = memory.getSize(state + State.hook)
    return answer
  }

  /** An argument: each parser may take it, or all that are left. */
  *operand(argument: number): Co<number> {
    const index = --this.at
    let error = EBADKEY
    let key: number = Key.argument
    let taker: Group | undefined
    for (const group of this.groups) {
      taker = group
      this.at++
      key = Key.argument
      error = yield* this.tell(group, key, argument)
      if (error === EBADKEY) {
        this.at--
        key = Key.arguments
        error = yield* this.tell(group, key)
      }
      if (error !== EBADKEY) break
    }
    if (error !== 0 || taker === undefined) return error
    if (key === Key.arguments) this.at = this.count
    if (this.at > index) taker.processed += this.at - index
    // The parser went back: what comes may be options again.
    else this.trying = true
    return 0
  }

  *chosen(answer: number): Co<number> {
    const { c, state, argument } = this
    const long = answer >= LONG ? this.options[answer - LONG] : undefined
    const group = long?.group ?? this.letters.get(String.fromCharCode(answer))
    const error = group === undefined ? EBADKEY : yield* this.tell(group, long?.key ?? answer, argument)
    if (error !== EBADKEY) return error
    const name = long === undefined ? `-${String.fromCharCode(answer)}` : `--${long.name}`
    yield* complain(c, state, new TextEncoder().encode(`${name}: (PROGRAM ERROR) Option should have been recognized!?`))
    return error
  }

  /** One option or argument. `over`: a key that is not known then is one of an argument, or there is nothing left. */
  *step(): Co<{ readonly error: number; readonly over: boolean }> {
    const { c, state } = this
    const { memory } = c
    const quoted = memory.getI32(state + State.quoted)
    if (quoted !== 0 && this.at < quoted) memory.setI32(state + State.quoted, 0)
    let answer = END
    if (this.trying && memory.getI32(state + State.quoted) === 0) {
      this.index = this.at
      this.option = END
      const form = { options: this.options, indexOut: 0, only: (this.flags & Parse.longOnly) !== 0 }
      answer = yield* nextOption(c, this, this.count, memory.getSize(state + State.argv), this.spec, form)
      this.at = this.index
      if (answer === END) {
        this.trying = false
        if (this.at > 1 && text(c, this.argumentAt(this.at - 1)) === '--') memory.setI32(state + State.quoted, this.at)
      } else if (answer === UNKNOWN && this.option !== END) return { error: EBADKEY, over: false }
    }
    let { argument } = this
    if (answer === END) {
      if (this.at >= this.count || this.flags & Parse.noArguments) return { error: EBADKEY, over: true }
      argument = this.argumentAt(this.at++)
      answer = OPERAND
    }
    return answer === OPERAND ? { error: yield* this.operand(argument), over: true } : { error: yield* this.chosen(answer), over: false }
  }

  /** Inputs go from parents to children, and all are told that it begins. */
  *begin(input: number): Co<number> {
    const { c } = this
    const { memory } = c
    const pairs = memory.getSize(this.state + State.own)
    for (const [i, group] of this.groups.entries()) {
      if (i === 0) group.input = input
      else if (group.parent !== undefined) group.input = memory.getSize(group.parent.inputs + 8 * group.index)
      const children = childrenOf(c, group.argp).length
      if (children > 0) group.inputs = calloc(c, children, 8)
      if (group.parser === 0 && children > 0 && group.inputs !== 0) memory.setSize(group.inputs, group.input)
      memory.setSize(pairs + 8 + 16 * i, group.argp)
      memory.setSize(pairs + 16 + 16 * i, group.input)
      const error = yield* this.tell(group, Key.init)
      if (error !== 0 && error !== EBADKEY) return error
    }
    return 0
  }

  /** Parsers are asked until one fails. */
  *all(groups: readonly Group[], key: number): Co<number> {
    for (const group of groups) {
      const error = yield* this.tell(group, key)
      if (error !== 0 && error !== EBADKEY) return error
    }
    return 0
  }

  *finish(given: { readonly error: number; readonly over: boolean }, endIndex: number): Co<number> {
    const { c, state } = this
    const children = [...this.groups].reverse()
    let error = given.error === EBADKEY && given.over ? 0 : given.error
    if (error === 0) {
      const rest = this.at !== this.count
      if (!rest) {
        error = yield* this.all(
          this.groups.filter(({ processed }) => processed === 0),
          Key.noArguments,
        )
        if (error === 0) error = yield* this.all(children, Key.end)
      }
      if (endIndex !== 0) {
        if (writable(c, endIndex, 4)) c.memory.setI32(endIndex, this.at)
      } else if (rest) {
        const file = c.memory.getSize(state + State.errors)
        const name = c.string(c.memory.getSize(state + State.name))
        if (!(this.flags & Parse.noErrors) && isStream(c, file))
          yield* put(c, file, new TextEncoder().encode(`${name}: Too many arguments\n`))
        error = EBADKEY
      }
    }
    if (error !== 0) {
      if (error === EBADKEY) yield* stateHelp(c, state, c.memory.getSize(state + State.errors), Help.see | Help.exitError)
      for (const group of this.groups) yield* this.tell(group, Key.error)
    } else error = yield* this.all(children, Key.success)
    for (const group of children) yield* this.tell(group, Key.fini)
    return error === EBADKEY ? EINVAL : error
  }
}

export function* parse(c: LibcCall, argp: number, argc: number, argv: number, flags: number, endIndex: number, input: number): Co<number> {
  const { memory } = c
  const { defaults, version } = place(c)
  // An argp without options whose children are the program's and the library's own.
  const children = flags & Parse.noHelp ? [] : [argp, defaults, ...(hasVersion(c) ? [version] : [])]
  const wrapper = State.size
  const rest = wrapper + Argp.size + CHILD * (children.length + 1)
  const count = (at: number): number => childrenOf(c, at).reduce((sum, child) => sum + count(child.argp), 1)
  const pairs = (argp === 0 ? 0 : count(argp)) + children.length + 1
  const state = calloc(c, 1, rest + 8 + 16 * pairs)
  if (state === 0) return ENOMEM
  for (const [i, each] of [...children, 0].entries()) memory.setSize(state + wrapper + Argp.size + CHILD * i, each)
  memory.setSize(state + wrapper + Argp.children, state + wrapper + Argp.size)
  const root = children.length > 0 ? state + wrapper : argp
  const parser = new Parser(c, state, root, new Set([defaults, version]), flags)
  memory.setSize(state + State.root, root)
  memory.setI32(state + State.argc, argc)
  memory.setSize(state + State.argv, argv)
  memory.setU32(state + State.flags, flags)
  memory.setSize(state + State.errors, standard(c, 'stderr'))
  memory.setSize(state + State.output, standard(c, 'stdout'))
  memory.setSize(state + State.own, state + rest)
  memory.setSize(state + rest, parser.groups.length)
  const finished = yield* run(parser, input, endIndex)
  for (const { inputs } of parser.groups) free(c, inputs)
  free(c, state)
  return finished
}

function* run(parser: Parser, input: number, endIndex: number): Co<number> {
  const { c, state } = parser
  const { memory } = c
  const started = yield* parser.begin(input)
  if (started !== 0) return started
  const argv = memory.getSize(state + State.argv)
  parser.silent = (parser.flags & Parse.noErrors) !== 0
  if (parser.silent && parser.flags & Parse.argv0) {
    memory.setSize(state + State.argv, argv - 8)
    memory.setI32(state + State.argc, parser.count + 1)
  }
  const first = parser.silent && parser.flags & Parse.argv0 ? 0 : memory.getSize(argv)
  const slash = first === 0 ? 0 : (text(c, first) ?? '').lastIndexOf('/') + 1
  memory.setSize(state + State.name, first === 0 ? memory.getSize(c.object('program_invocation_short_name')) : first + slash)
  let result = { error: 0, over: false }
  while (result.error === 0) result = yield* parser.step()
  return yield* parser.finish(result, endIndex)
}
