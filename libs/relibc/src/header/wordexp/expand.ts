/** Words as a shell expands them: tildes, parameters, commands, sums, quotes, fields, and names of files. */
import type { Co } from '@bootgraph/kernel'
import { vector } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { matchesText } from '../fnmatch/index.ts'
import { homeOf, search } from '../glob/index.ts'
import { environment, SHELL, variable } from '../process/index.ts'
import { assign } from '../stdlib/env.ts'
import { sumOf } from './arithmetic.ts'

export const Flag = { dooffs: 1, append: 2, noCommand: 4, reuse: 8, showError: 16, undefined: 32 } as const
export const Failure = { noSpace: 1, badCharacter: 2, badValue: 3, command: 4, syntax: 5 } as const

/** A text that cannot be expanded, with the answer of wordexp. */
export class NotExpanded extends Error {
  readonly answer: number
  constructor(answer: number) {
    super(`wordexp ${answer}`)
    this.answer = answer
  }
}

const syntax = (): never => {
  throw new NotExpanded(Failure.syntax)
}
const NAME = /^(?:[A-Za-z_]\w*|\d+|[$#*@?!-])/
const OPEN_WRITE = 0x2_0000
const CLOEXEC = 0x100_0000
const STDERR = 2
const CHUNK = 4096
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What a command wrote, without the newlines at its end. One that fails is read again, for its grammar alone. */
function* outputOf(c: LibcCall, command: string, flags: number): Co<string> {
  if (flags & Flag.noCommand) throw new NotExpanded(Failure.command)
  const silent = (flags & Flag.showError) === 0
  const { status, text } = yield* run(c, ['-c', command], silent)
  if (status !== 0 && (yield* run(c, ['-nc', command], true)).status !== 0) syntax()
  return text.replace(/\n+$/, '')
}

function* run(c: LibcCall, args: readonly string[], silent: boolean): Co<{ status: number; text: string }> {
  const { cx, kernel } = c
  const envp = vector(c, environment(c))
  const pipe = kernel.pipe(cx, CLOEXEC)
  if (typeof pipe === 'number' || envp === undefined) throw new NotExpanded(Failure.noSpace)
  const pid = yield* kernel.spawn(cx, {
    path: SHELL,
    argv: ['sh', ...args].map(bytesOf),
    envp,
    actions: [
      { op: 'dup2', fd: pipe[1], to: 1 },
      ...(silent ? [{ op: 'open', fd: STDERR, path: '/dev/null', flags: OPEN_WRITE, mode: 0 } as const] : []),
    ],
  })
  yield* kernel.close(cx, pipe[1])
  const parts: number[] = []
  const into = new Uint8Array(CHUNK)
  for (let got = pid < 0 ? 0 : yield* kernel.read(cx, pipe[0], into); got > 0 || got === -4; got = yield* kernel.read(cx, pipe[0], into))
    for (const byte of into.subarray(0, Math.max(got, 0))) parts.push(byte)
  yield* kernel.close(cx, pipe[0])
  if (pid < 0) throw new NotExpanded(Failure.noSpace)
  for (;;) {
    const ended = yield* kernel.waitpid(cx, pid, 0)
    if (ended === -4) continue
    return { status: typeof ended === 'number' ? 0 : ended.status, text: new TextDecoder().decode(Uint8Array.from(parts)) }
  }
}

/** A word on its way: its text, and the pattern that it is for names of files. */
interface Word {
  readonly text: string
  readonly pattern: string
  readonly magic: boolean
}
const EMPTY: Word = { text: '', pattern: '', magic: false }
const escaped = (text: string): string => text.replace(/[\\*?[\]]/g, '\\$&')

export class Expansion {
  readonly words: string[] = []
  readonly #c: LibcCall
  readonly #flags: number
  readonly #text: string
  #at = 0
  #word: Word | undefined

  constructor(c: LibcCall, text: string, flags: number) {
    this.#c = c
    this.#text = text
    this.#flags = flags
  }

  /** All of the text; `split` cuts it into words, otherwise it becomes one. */
  *expand(split: boolean): Co<void> {
    while (this.#at < this.#text.length) {
      const mark = this.#text[this.#at++]
      if (mark === '\\') this.#escape()
      else if (mark === "'") this.#quoted()
      else if (mark === '"') yield* this.#doubleQuoted()
      else if (mark === '$') yield* this.#dollar(!split)
      else if (mark === '`') yield* this.#fields(yield* this.#backquoted(), !split)
      else if (mark === '~' && this.#tildeMay()) yield* this.#tilde()
      else if (split && (mark === ' ' || mark === '\t')) yield* this.#end()
      else if (split && '\n|&;<>(){}'.includes(mark)) throw new NotExpanded(Failure.badCharacter)
      else this.#add(mark, mark, split && '*?['.includes(mark))
    }
    if (split) yield* this.#end()
    else this.words.push(this.#word?.text ?? '')
  }

  #add(text: string, pattern = escaped(text), magic = false): void {
    const { text: before, pattern: shape, magic: had } = this.#word ?? EMPTY
    this.#word = { text: before + text, pattern: shape + pattern, magic: had || magic }
  }
  *#end(): Co<void> {
    const word = this.#word
    this.#word = undefined
    if (word === undefined) return
    const found = word.magic ? yield* search(this.#c, word.pattern, 0, 0) : []
    if (typeof found !== 'number' && found.length > 0) this.words.push(...found)
    else this.words.push(word.text)
  }

  #escape(): void {
    if (this.#at >= this.#text.length) syntax()
    const next = this.#text[this.#at++]
    if (next !== '\n') this.#add(next)
  }
  #quoted(): void {
    const end = this.#text.indexOf("'", this.#at)
    if (end < 0) syntax()
    this.#add(this.#text.slice(this.#at, end))
    this.#at = end + 1
  }
  *#doubleQuoted(): Co<void> {
    this.#add('')
    for (;;) {
      if (this.#at >= this.#text.length) syntax()
      const mark = this.#text[this.#at++]
      if (mark === '"') return
      if (mark === '\\') {
        const next = this.#text[this.#at]
        if (next !== undefined && '$`"\\\n'.includes(next)) this.#escape()
        else this.#add('\\')
      } else if (mark === '$') yield* this.#dollar(true)
      else if (mark === '`') yield* this.#fields(yield* this.#backquoted(), true)
      else this.#add(mark)
    }
  }

  /** At the start of a word, and behind `=` and `:` of an assignment, which is the first word. */
  #tildeMay(): boolean {
    const before = this.#word?.text ?? ''
    return before === '' || (/[=:]$/.test(before) && before.includes('=') && this.words.length === 0)
  }
  *#tilde(): Co<void> {
    const user = /^[^\\"'$`:/\s|&;<>(){}]*/.exec(this.#text.slice(this.#at))![0]
    this.#at += user.length
    this.#add((yield* homeOf(this.#c, user)) ?? `~${user}`)
  }

  *#backquoted(): Co<string> {
    let command = ''
    for (;;) {
      if (this.#at >= this.#text.length) syntax()
      const mark = this.#text[this.#at++]
      if (mark === '`') return yield* outputOf(this.#c, command, this.#flags)
      command += mark === '\\' && /[$`\\]/.test(this.#text[this.#at] ?? '') ? this.#text[this.#at++] : mark
    }
  }

  /** Up to the bracket that closes the one before, which is passed. */
  #upTo(open: string, close: string): string {
    const from = this.#at
    for (let depth = 1; this.#at < this.#text.length; this.#at++) {
      const mark = this.#text[this.#at]
      if (mark === '\\') this.#at++
      else if (mark === "'" || (mark === '"' && open !== '"')) this.#at = this.#past(mark)
      else if (mark === open) depth++
      else if (mark === close && --depth === 0) return this.#text.slice(from, this.#at++)
    }
    return syntax()
  }
  /** Where the quote ends that begins here. */
  #past(quote: string): number {
    for (let i = this.#at + 1; i < this.#text.length; i++) {
      if (quote === '"' && this.#text[i] === '\\') i++
      else if (this.#text[i] === quote) return i
    }
    return syntax()
  }

  *#dollar(quoted: boolean): Co<void> {
    const rest = this.#text.slice(this.#at)
    if (rest.startsWith('((')) {
      const before = this.#at
      this.#at++
      const inner = this.#upTo('(', ')')
      const sum = /^\((.*)\)$/s.exec(inner)
      if (sum !== null) return yield* this.#sum(sum[1])
      this.#at = before
    }
    if (rest[0] === '(') {
      this.#at++
      yield* this.#fields(yield* outputOf(this.#c, this.#upTo('(', ')'), this.#flags), quoted)
    } else if (rest[0] === '[') {
      this.#at++
      yield* this.#sum(this.#upTo('[', ']'))
    } else if (rest[0] === '{') {
      this.#at++
      yield* this.#braced(this.#upTo('{', '}'), quoted)
    } else {
      const name = NAME.exec(rest)?.[0]
      if (name === undefined) this.#add('$')
      else {
        const short = /^\d/.test(name) ? name[0] : name
        this.#at += short.length
        yield* this.#fields(this.#defined(short), quoted)
      }
    }
  }

  *#sum(text: string): Co<void> {
    const value = sumOf(yield* this.#within(text))
    if (value === undefined) syntax()
    this.#add(String(value))
  }
  *#within(text: string): Co<string> {
    const inner = new Expansion(this.#c, text, this.#flags)
    yield* inner.expand(false)
    return inner.words[0]
  }

  /** A program that calls wordexp has no arguments of a shell's. */
  #value(name: string): string | undefined {
    if (name === '$') return String(this.#c.kernel.getpid(this.#c.cx))
    if (name === '#') return '0'
    return /^[A-Za-z_]/.test(name) ? variable(this.#c, name) : undefined
  }
  #defined(name: string, value = this.#value(name)): string {
    if (value === undefined && this.#flags & Flag.undefined) throw new NotExpanded(Failure.badValue)
    return value ?? ''
  }

  *#braced(inner: string, quoted: boolean): Co<void> {
    const counted = /^#([A-Za-z_]\w*)$/.exec(inner)
    if (counted !== null) return this.#add(String(this.#defined(counted[1]).length))
    const name = NAME.exec(inner)?.[0]
    if (name === undefined) return syntax()
    const found = /^(:?[-=?+]|##?|%%?)(.*)$/s.exec(inner.slice(name.length))
    if (found === null) {
      if (inner.length > name.length) syntax()
      return yield* this.#fields(this.#defined(name), quoted)
    }
    const [, how, argument] = found
    const value = this.#value(name)
    if (how[0] === '#' || how[0] === '%')
      return yield* this.#fields(this.#trimmed(this.#defined(name, value), how, yield* this.#within(argument)), quoted)
    this.#defined(name, value)
    const missing = value === undefined || (value === '' && how[0] === ':')
    const action = how.at(-1)
    if (action === '+') return missing ? undefined : yield* this.#fields(yield* this.#within(argument), quoted)
    if (!missing) return yield* this.#fields(value, quoted)
    const instead = yield* this.#within(argument)
    // The message is all that comes of it, as in glibc.
    if (action === '?') {
      yield* this.#c.kernel.write(this.#c.cx, STDERR, bytesOf(`${name}: ${instead === '' ? 'parameter null or not set' : instead}\n`))
      return
    }
    if (action === '=') {
      if (!/^[A-Za-z_]/.test(name)) syntax()
      assign(this.#c, name, instead)
    }
    yield* this.#fields(instead, quoted)
  }

  /** Without the shortest or longest start or end that a pattern takes. */
  #trimmed(value: string, how: string, pattern: string): string {
    const lengths = Array.from({ length: value.length + 1 }, (_, i) => (how.length === 1 ? i : value.length - i))
    const front = how[0] === '#'
    const part = (n: number): string => (front ? value.slice(0, n) : value.slice(value.length - n))
    const cut = lengths.find((n) => matchesText(this.#c, bytesOf(pattern), bytesOf(part(n)), 0))
    if (cut === undefined) return value
    return front ? value.slice(cut) : value.slice(0, value.length - cut)
  }

  /** What an expansion gives, cut at the characters of IFS; white ones at its start do not end a word, as in glibc. */
  *#fields(value: string, quoted: boolean): Co<void> {
    const separators = variable(this.#c, 'IFS') ?? ' \t\n'
    if (quoted || separators === '') {
      if (value !== '') this.#add(value)
      return
    }
    const white = (mark: string): boolean => separators.includes(mark) && ' \t\n'.includes(mark)
    let at = 0
    while (at < value.length && white(value[at])) at++
    while (at < value.length) {
      if (!separators.includes(value[at])) {
        this.#add(value[at++])
        continue
      }
      let marks = 0
      while (at < value.length && separators.includes(value[at]))
        if (!white(value[at++]) && ++marks === 1 && this.#word === undefined) this.#add('')
      yield* this.#end()
      for (; marks > 1; marks--) this.words.push('')
    }
  }
}
