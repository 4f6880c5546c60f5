/** argp's help: usage, what the options are, texts before and behind (GNU C library manual, Argp Help; its environment variable ARGP_HELP_FMT). */
import { type Co, callGuest } from '@bootgraph/kernel'
import type { LibcCall } from '../../registry/call.ts'
import { variable } from '../process/index.ts'
import { isStream, put } from '../stdio/stream.ts'
import { takeBack } from '../stdlib/given.ts'
import { free, malloc } from '../stdlib/malloc.ts'
import { type Cluster, type Entry, entriesOf, isBelow, visible } from './entries.ts'
import { Margins } from './margins.ts'
import { Argp, childrenOf, inputOf, isAlias, isDocumentation, isShort, type Option, OptionFlag, State, text } from './structs.ts'

export const Help = {
  usage: 1,
  shortUsage: 2,
  see: 4,
  long: 8,
  before: 0x10,
  behind: 0x20,
  bugAddress: 0x40,
  longOnly: 0x80,
  exitError: 0x100,
  exit: 0x200,
} as const
const Key = { before: 0x200_0001, behind: 0x200_0002, header: 0x200_0003, extra: 0x200_0004, note: 0x200_0005, args: 0x200_0006 } as const
const NOTE = 'Mandatory or optional arguments to long options are also mandatory or optional for any corresponding short options.'

/** What ARGP_HELP_FMT may change; the first two are switches. */
const FORMAT = {
  'dup-args': 0,
  'dup-args-note': 1,
  'short-opt-col': 2,
  'long-opt-col': 6,
  'doc-opt-col': 2,
  'opt-doc-col': 29,
  'header-col': 1,
  'usage-indent': 12,
  rmargin: 79,
}
type Format = typeof FORMAT

function formatOf(c: LibcCall): Format {
  const format = { ...FORMAT }
  const words = variable(c, 'ARGP_HELP_FMT')?.split(',') ?? []
  for (const word of words) {
    const [, no, name, value] = /^\s*(no-)?([\w-]+?)\s*(?:=\s*(\d+)\s*)?$/.exec(word) ?? []
    if (name !== undefined && name in format)
      format[name as keyof Format] = value === undefined ? (no === undefined ? 1 : 0) : Number(value)
  }
  // Columns behind the right margin are no columns.
  const columns = Object.entries(format).filter(([name]) => /col$|indent$/.test(name))
  return columns.some(([, column]) => column >= format.rmargin) ? FORMAT : format
}

const bytesOf = (shown: string): Uint8Array => Uint8Array.from(shown, (char) => char.charCodeAt(0))

/** A text where the program can read it, for a while. */
function lend(c: LibcCall, own: string): number {
  const at = malloc(c, own.length + 1)
  if (at !== 0) c.memory.u8.set(bytesOf(`${own}\0`), at)
  return at
}

class HelpText {
  readonly c: LibcCall
  readonly state: number
  readonly format: Format
  readonly out: Margins
  /** Of the options: the entry before, whether groups are parted by a blank line, whether an argument was left out beside a letter. */
  #before: Entry | undefined
  #apart = false
  #leftOut = false

  constructor(c: LibcCall, state: number) {
    this.c = c
    this.state = state
    this.format = formatOf(c)
    this.out = new Margins(this.format.rmargin)
  }

  /** What an argp's own filter makes of a text: another one, or nothing. `at` is where the program has the text, 0 where the library has it. */
  *#filtered(argp: number, key: number, at: number, own?: string): Co<string | undefined> {
    const { c } = this
    const filter = argp === 0 ? 0 : c.memory.getSize(argp + Argp.filter)
    if (filter === 0) return own ?? text(c, at)
    const copy = own === undefined ? at : lend(c, own)
    const made = Number(yield* callGuest(filter, key, copy, inputOf(c, argp, this.state)))
    const told = text(c, made)
    if (made !== 0 && made !== copy) yield* takeBack(c, made)
    if (own !== undefined) free(c, copy)
    return told
  }

  *#header(argp: number, header: string | undefined): Co<void> {
    const { out, format } = this
    const shown = yield* this.#filtered(argp, Key.header, 0, header)
    if (shown === undefined) return
    if (shown !== '') {
      if (this.#before !== undefined) out.add('\n')
      out.indentTo(format['header-col'])
      out.left = format['header-col']
      out.wrap = format['header-col']
      out.add(shown)
      out.left = 0
      out.add('\n')
    }
    this.#apart = true
  }

  /** What stands before an entry: a blank line between groups, the header of its cluster. */
  *#opening(entry: Entry): Co<void> {
    const { out } = this
    const before = this.#before
    if (this.#apart && before !== undefined && entry.group !== before.group) out.add('\n')
    const { cluster } = entry
    const entered = (own: Cluster): boolean => before === undefined || (before.cluster !== own && !isBelow(before.cluster, own))
    if (!cluster?.header || !entered(cluster)) return
    const { wrap } = out
    yield* this.#header(cluster.argp, cluster.header)
    out.wrap = wrap
  }

  *#entry(entry: Entry): Co<void> {
    const { format, out } = this
    const [real] = entry.options
    const { left, wrap } = out
    const documentation = isDocumentation(real)
    const names = visible(entry, 'long')
    const argument = (needed: string, optional: string): string =>
      real.argument === undefined ? '' : (real.flags & OptionFlag.argumentOptional ? optional : needed).replace('%', () => real.argument!)
    const words = visible(entry, 'short').map((option): [column: number, text: string] => {
      const alone = names.length === 0 || format['dup-args'] !== 0
      if (!alone && real.argument !== undefined) this.#leftOut = true
      return [format['short-opt-col'], `-${String.fromCharCode(option.key)}${alone ? argument(' %', '[%]') : ''}`]
    })
    const column = documentation ? format['doc-opt-col'] : format['long-opt-col']
    for (const option of names) words.push([column, documentation ? option.name! : `--${option.name}${argument('=%', '[=%]')}`])
    out.wrap = format['short-opt-col']
    for (const [i, [indent, word]] of words.entries()) {
      if (i >= words.length - names.length) out.wrap = column
      if (i === 0) yield* this.#opening(entry)
      else out.add(', ')
      out.indentTo(indent)
      out.print(word)
    }
    out.left = 0
    if (words.length > 0) {
      yield* this.#description(entry, real)
      this.#before = entry
    } else if (!isShort(real) && real.name === undefined) {
      yield* this.#header(entry.argp, real.doc)
      this.#before = entry
    }
    out.left = left
    out.wrap = wrap
  }

  *#description(entry: Entry, { doc, key }: Option): Co<void> {
    const { out } = this
    const column = this.format['opt-doc-col']
    const shown = yield* this.#filtered(entry.argp, key, 0, doc)
    if (shown) {
      const at = out.column()
      out.left = column
      out.wrap = column
      if (at > column + 3) out.add('\n')
      else if (at >= column) out.add('   ')
      else out.indentTo(column)
      out.add(shown)
    }
    out.left = 0
    out.add('\n')
  }

  *options(entries: readonly Entry[]): Co<void> {
    for (const entry of entries) yield* this.#entry(entry)
    if (!this.#leftOut || this.format['dup-args-note'] === 0) return
    const root = this.state === 0 ? 0 : this.c.memory.getSize(this.state + State.root)
    const note = yield* this.#filtered(root, Key.note, 0, NOTE)
    if (note) this.out.add(`\n${note}\n`)
  }

  /** All options in brackets. */
  usage(entries: readonly Entry[]): void {
    const { out } = this
    const shown = (kind: 'short' | 'long') =>
      entries.flatMap((entry) => {
        let real = entry.options[0]
        return visible(entry, kind).flatMap((option) => {
          if (!isAlias(option)) real = option
          const flags = option.flags | real.flags
          const argument = option.argument ?? real.argument
          return flags & OptionFlag.noUsage ? [] : [{ option, argument, optional: (flags & OptionFlag.argumentOptional) !== 0 }]
        })
      })
    const letter = ({ key }: Option): string => String.fromCharCode(key)
    const plain = shown('short').filter(({ argument }) => argument === undefined)
    if (plain.length > 0) out.print(` [-${plain.map(({ option }) => letter(option)).join('')}]`)
    for (const { option, argument, optional } of shown('short')) {
      if (argument === undefined) continue
      if (optional) out.print(` [-${letter(option)}[${argument}]]`)
      else {
        out.space(6 + argument.length)
        out.print(`[-${letter(option)} ${argument}]`)
      }
    }
    for (const { option, argument, optional } of shown('long'))
      out.print(` [--${option.name}${argument === undefined ? '' : optional ? `[=${argument}]` : `=${argument}`}]`)
  }

  /** The arguments of one pattern of usage. `levels` says which line of its text each argp with several lines shows; true if there are more. */
  *pattern(argp: number, levels: number[], next: { at: number }, advance = true): Co<boolean> {
    const own = next.at
    const shown = yield* this.#filtered(argp, Key.args, this.c.memory.getSize(argp + Argp.argsDoc))
    const lines = shown?.split('\n') ?? []
    let going = advance
    if (shown !== undefined) {
      if (lines.length > 1) next.at++
      const line = lines.length > 1 ? (lines[levels[own] ?? 0] ?? '') : shown
      this.out.space(1 + line.length)
      this.out.add(line)
    }
    for (const child of childrenOf(this.c, argp)) going = !(yield* this.pattern(child.argp, levels, next, going))
    if (going && lines.length > 1) {
      const level = levels[own] ?? 0
      if (level + 1 < lines.length) {
        levels[own] = level + 1
        going = false
      } else levels[own] = 0
    }
    return !going
  }

  /** The texts before the options, of which the first is enough, or those behind; true if there was one. */
  *doc(argp: number, behind: boolean, blank: boolean, firstOnly: boolean): Co<boolean> {
    const { c, out } = this
    const { memory } = c
    const whole = text(c, memory.getSize(argp + Argp.doc))
    const [before, ...rest] = whole?.split('\v') ?? []
    const own = behind ? (rest.length > 0 ? rest.join('\v') : undefined) : before
    const filter = memory.getSize(argp + Argp.filter) !== 0
    const key = behind ? Key.behind : Key.before
    const write = (shown: string, space: boolean): void => {
      if (space) out.add('\n')
      out.add(shown)
      if (out.column() > out.left) out.add('\n')
    }
    let anything = false
    const shown = own === undefined ? yield* this.#filtered(argp, key, 0) : yield* this.#filtered(argp, key, 0, own)
    if (shown !== undefined) {
      write(shown, blank)
      anything = true
    }
    const extra = behind && filter ? yield* this.#filtered(argp, Key.extra, 0) : undefined
    if (extra !== undefined) {
      write(extra, anything || blank)
      anything = true
    }
    for (const child of childrenOf(c, argp)) {
      if (firstOnly && anything) break
      const more: boolean = yield* this.doc(child.argp, behind, anything || blank, firstOnly)
      anything ||= more
    }
    return anything
  }
}

/** Writes what `flags` ask for to a stream. */
export function* help(c: LibcCall, argp: number, state: number, file: number, flags: number, name: string): Co<void> {
  if (!isStream(c, file)) return
  const page = new HelpText(c, state)
  const { format, out } = page
  const entries = argp !== 0 && flags & (Help.usage | Help.shortUsage | Help.long) ? entriesOf(c, argp) : []
  let anything = false
  if (flags & (Help.usage | Help.shortUsage)) {
    const levels: number[] = []
    for (let [first, more] = [true, true]; more; first = false) {
      const { left, wrap } = out
      out.wrap = format['usage-indent']
      out.print(`${first ? 'Usage:' : '  or: '} ${name}`)
      out.left = format['usage-indent']
      if (first && !(flags & Help.shortUsage)) page.usage(entries)
      else if (entries.length > 0) out.add(' [OPTION...]')
      more = argp !== 0 && (yield* page.pattern(argp, levels, { at: 0 }))
      out.wrap = wrap
      out.left = left
      out.add('\n')
    }
    anything = true
  }
  if (flags & Help.before && argp !== 0 && (yield* page.doc(argp, false, false, true))) anything = true
  if (flags & Help.see) {
    out.print(`Try \`${name} --help' or \`${name} --usage' for more information.\n`)
    anything = true
  }
  if (flags & Help.long && entries.length > 0) {
    if (anything) out.add('\n')
    yield* page.options(entries)
    anything = true
  }
  if (flags & Help.behind && argp !== 0 && (yield* page.doc(argp, true, anything, false))) anything = true
  const address = text(c, c.memory.getSize(c.object('argp_program_bug_address')))
  if (flags & Help.bugAddress && address !== undefined) out.print(`${anything ? '\n' : ''}Report bugs to ${address}.\n`)
  yield* put(c, file, bytesOf(out.take()))
}
