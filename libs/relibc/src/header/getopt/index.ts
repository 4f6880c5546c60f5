/** https://pubs.opengroup.org/onlinepubs/9699919799/functions/getopt.html and GNU getopt_long, which moves operands behind options. */
import type { Co } from '@bootgraph/kernel'
import { readable, vector, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, type HeaderTable, object } from '../../registry/define.ts'
import { variable } from '../process/index.ts'
import { isStream, put, standard } from '../stdio/stream.ts'

/** __libc_getopt: { where in a cluster of letters @0, first operand passed over @8, behind the last one @12, started u32 @16, optopt @20 }. */
const State = { next: 0, first: 8, last: 12, started: 16, option: 20, size: 24 } as const
const MISSING = 0x3a
const UNKNOWN = 0x3f
const END = -1
/** struct option: { name, has_arg i32 @8, flag @16, val i32 @24 }. */
const OPTION = 32

export interface Long {
  readonly name: string
  readonly argument: number
  readonly flag: number
  readonly value: number
}

function longOptions(c: LibcCall, at: number): Long[] {
  const out: Long[] = []
  for (let entry = at; at !== 0 && readable(c, entry, OPTION) && c.memory.getSize(entry) !== 0; entry += OPTION)
    out.push({
      name: c.string(c.memory.getSize(entry)),
      argument: c.memory.getI32(entry + 8),
      flag: c.memory.getSize(entry + 16),
      value: c.memory.getI32(entry + 24),
    })
  return out
}

/** What lies between two calls: pointers and numbers that the program sees, and where the scan stands. */
export interface Words {
  /** Of the next argument. */
  index: number
  /** The option's argument, or 0. */
  argument: number
  option: number
  /** Where in a cluster of letters the next one is, or 0. */
  next: number
  /** Operands passed over: [first, last). */
  first: number
  last: number
  started: boolean
  readonly silent: boolean
}

/** getopt's own words, which are the process's. */
class Globals implements Words {
  readonly c: LibcCall
  readonly state: number

  constructor(c: LibcCall) {
    this.c = c
    this.state = c.object('__libc_getopt')
    // optopt is the library's at every call: what the program put there does not last.
    this.option = c.memory.getI32(this.state + State.option)
  }

  get index(): number {
    return this.c.memory.getI32(this.c.object('optind'))
  }
  set index(value: number) {
    this.c.memory.setI32(this.c.object('optind'), value)
  }
  get argument(): number {
    return this.c.memory.getSize(this.c.object('optarg'))
  }
  set argument(at: number) {
    this.c.memory.setSize(this.c.object('optarg'), at)
  }
  get option(): number {
    return this.c.memory.getI32(this.state + State.option)
  }
  set option(value: number) {
    this.c.memory.setI32(this.state + State.option, value)
    this.c.memory.setI32(this.c.object('optopt'), value)
  }
  get next(): number {
    return this.c.memory.getSize(this.state + State.next)
  }
  set next(at: number) {
    this.c.memory.setSize(this.state + State.next, at)
  }
  get first(): number {
    return this.c.memory.getI32(this.state + State.first)
  }
  set first(value: number) {
    this.c.memory.setI32(this.state + State.first, value)
  }
  get last(): number {
    return this.c.memory.getI32(this.state + State.last)
  }
  set last(value: number) {
    this.c.memory.setI32(this.state + State.last, value)
  }
  get started(): boolean {
    return this.c.memory.getU32(this.state + State.started) !== 0
  }
  set started(value: boolean) {
    this.c.memory.setU32(this.state + State.started, value ? 1 : 0)
  }
  get silent(): boolean {
    return this.c.memory.getI32(this.c.object('opterr')) === 0
  }
}

/** One call: what it looks at. */
class Scan {
  readonly c: LibcCall
  readonly words: Words
  readonly argc: number
  readonly argv: number
  readonly letters: string
  readonly order: 'permute' | 'require' | 'return'

  constructor(c: LibcCall, words: Words, argc: number, argv: number, spec: string) {
    this.c = c
    this.words = words
    this.argc = argc
    this.argv = argv
    const mark = spec[0]
    this.order = mark === '-' ? 'return' : mark === '+' || variable(c, 'POSIXLY_CORRECT') !== undefined ? 'require' : 'permute'
    this.letters = mark === '-' || mark === '+' ? spec.slice(1) : spec
  }

  pointer(i: number): number {
    return this.c.memory.getSize(this.argv + 8 * i)
  }
  text(i: number): string {
    return this.c.string(this.pointer(i))
  }

  /** A colon in front of the letters keeps the library silent and tells a missing argument apart. */
  get quiet(): boolean {
    return this.letters[0] === ':' || this.words.silent
  }
  get missing(): number {
    return this.letters[0] === ':' ? MISSING : UNKNOWN
  }

  *complain(text: string): Co<void> {
    const file = standard(this.c, 'stderr')
    if (!this.quiet && isStream(this.c, file)) yield* put(this.c, file, new TextEncoder().encode(`${this.text(0)}: ${text}\n`))
  }

  /** The operands [first, last) passed over change places with the options [last, index) behind them. */
  exchange(): void {
    const { memory } = this.c
    const { first, last, index: end } = this.words
    const all = Array.from({ length: end - first }, (_, i) => this.pointer(first + i))
    const moved = [...all.slice(last - first), ...all.slice(0, last - first)]
    moved.forEach((pointer, i) => {
      memory.setSize(this.argv + 8 * (first + i), pointer)
    })
    this.words.first = first + end - last
    this.words.last = end
  }
}

const isOperand = (text: string): boolean => text[0] !== '-' || text === '-'

/** Where the next option begins; END or an operand's answer where there is none. */
function advance(scan: Scan): number | undefined {
  const { argc, words } = scan
  if (scan.order === 'permute') {
    if (words.first !== words.last && words.last !== words.index) scan.exchange()
    else if (words.last !== words.index) words.first = words.index
    while (words.index < argc && isOperand(scan.text(words.index))) words.index++
    words.last = words.index
  }
  if (words.index < argc && scan.text(words.index) === '--') {
    words.index++
    if (words.first !== words.last && words.last !== words.index) scan.exchange()
    else if (words.first === words.last) words.first = words.index
    words.last = argc
    words.index = argc
  }
  if (words.index >= argc) {
    if (words.first !== words.last) words.index = words.first
    return END
  }
  if (!isOperand(scan.text(words.index))) return undefined
  if (scan.order === 'require') return END
  words.argument = scan.pointer(words.index++)
  return 1
}

/** The caller's long options, if there are any, where the index of the one found goes, and whether one dash will do. */
interface LongForm {
  readonly options: readonly Long[] | undefined
  readonly indexOut: number
  readonly only: boolean
}

/** The long option `word` of the current argument, behind `prefix`; undefined if it is to be read as letters. */
function* long(scan: Scan, { options = [], indexOut, only }: LongForm, prefix: '--' | '-' | '-W ', word: string): Co<number | undefined> {
  const { c, words } = scan
  const [name, ...rest] = word.split('=')
  const given = word.includes('=') ? rest.join('=') : undefined
  const close = options.filter((option) => option.name.startsWith(name))
  const exact = close.find((option) => option.name === name)
  const same = close.every((o) => o.argument === close[0].argument && o.flag === close[0].flag && o.value === close[0].value)
  const found = exact ?? (close.length === 1 || (close.length > 1 && same) ? close[0] : undefined)
  if (found === undefined) {
    if (only && prefix === '-' && close.length === 0 && scan.letters.includes(word[0])) return undefined
    const ambiguous = close.length > 1
    const tail = ambiguous ? `; possibilities:${close.map((option) => ` '${prefix}${option.name}'`).join('')}` : ''
    yield* scan.complain(ambiguous ? `option '${prefix}${word}' is ambiguous${tail}` : `unrecognized option '${prefix}${name}'`)
    words.option = 0
    words.index++
    return UNKNOWN
  }
  words.index++
  if (given !== undefined && found.argument === 0) {
    yield* scan.complain(`option '${prefix}${found.name}' doesn't allow an argument`)
    words.option = found.value
    return UNKNOWN
  }
  if (given !== undefined) words.argument = c.memory.cstrEnd(scan.pointer(words.index - 1)) - new TextEncoder().encode(given).length
  else if (found.argument === 1) {
    if (words.index >= scan.argc) {
      yield* scan.complain(`option '${prefix}${found.name}' requires an argument`)
      words.option = found.value
      return scan.missing
    }
    words.argument = scan.pointer(words.index++)
  }
  if (indexOut !== 0 && writable(c, indexOut, 4)) c.memory.setI32(indexOut, options.indexOf(found))
  if (found.flag === 0) return found.value
  if (writable(c, found.flag, 4)) c.memory.setI32(found.flag, found.value)
  return 0
}

/** One letter of a cluster. */
function* short(scan: Scan, form: LongForm): Co<number> {
  const { c, letters, words } = scan
  const letter = String.fromCharCode(c.memory.getU8(words.next))
  words.next++
  const atEnd = c.memory.getU8(words.next) === 0
  const place = letter === ':' || letter === ';' ? -1 : letters.indexOf(letter)
  const taken = words.next
  if (atEnd) {
    words.index++
    words.next = 0
  }
  if (place < 0) {
    yield* scan.complain(`invalid option -- '${letter}'`)
    words.option = letter.charCodeAt(0)
    return UNKNOWN
  }
  const isLong = letter === 'W' && letters[place + 1] === ';' && form.options !== undefined
  if (letters[place + 1] !== ':' && !isLong) return letter.charCodeAt(0)
  words.next = 0
  if (isLong && !(atEnd && words.index >= scan.argc))
    return (yield* long(scan, form, '-W ', c.string(atEnd ? scan.pointer(words.index) : taken))) ?? UNKNOWN
  if (!atEnd) {
    words.argument = taken
    words.index++
  } else if (letters[place + 2] === ':') words.argument = 0
  else if (words.index < scan.argc) words.argument = scan.pointer(words.index++)
  else {
    yield* scan.complain(`option requires an argument -- '${letter}'`)
    words.option = letter.charCodeAt(0)
    return scan.missing
  }
  return letter.charCodeAt(0)
}

/** The next option of the arguments, as getopt answers it. */
export function* nextOption(c: LibcCall, words: Words, argc: number, argv: number, spec: string, form: LongForm): Co<number> {
  const scan = new Scan(c, words, argc, argv, spec)
  words.argument = 0
  if (words.index === 0 || !words.started) {
    if (words.index === 0) words.index = 1
    words.next = 0
    words.first = words.index
    words.last = words.index
    words.started = true
  }
  if (words.next === 0 || c.memory.getU8(words.next) === 0) {
    const stop = advance(scan)
    if (stop !== undefined) return stop
    const word = scan.text(words.index)
    if (form.options !== undefined && (word.startsWith('--') || (form.only && (word.length > 2 || !scan.letters.includes(word[1]))))) {
      const prefix = word.startsWith('--') ? '--' : '-'
      const answer = yield* long(scan, form, prefix, word.slice(prefix.length))
      if (answer !== undefined) return answer
    }
    words.next = scan.pointer(words.index) + 1
  }
  return yield* short(scan, form)
}

function* getopt(c: LibcCall, argc: number, argv: number, spec: number, table = 0, indexOut = 0, only = false): Co<number> {
  if (argc < 1 || vector(c, argv) === undefined) return END
  const options = table === 0 ? undefined : longOptions(c, table)
  return yield* nextOption(c, new Globals(c), argc, argv, c.string(spec), { options, indexOut, only })
}

export const getoptHeader: HeaderTable = {
  name: 'getopt',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/functions/getopt.html',
  rows: [
    object('__libc_getopt', State.size, 8),
    object('optarg', 8, 8),
    object('optind', 4, 4, Uint8Array.of(1, 0, 0, 0)),
    object('opterr', 4, 4, Uint8Array.of(1, 0, 0, 0)),
    object('optopt', 4, 4, Uint8Array.of(0x3f, 0, 0, 0)),
    blocking('getopt', 'int(int, ptr, ptr)', (c, argc: number, argv: number, spec: number) => getopt(c, argc, argv, spec)),
    alias('__posix_getopt', 'getopt'),
    blocking('getopt_long', 'int(int, ptr, ptr, ptr, ptr)', (c, argc: number, argv: number, spec: number, table: number, out: number) =>
      getopt(c, argc, argv, spec, table, out),
    ),
    blocking(
      'getopt_long_only',
      'int(int, ptr, ptr, ptr, ptr)',
      (c, argc: number, argv: number, spec: number, table: number, out: number) => getopt(c, argc, argv, spec, table, out, true),
    ),
  ],
}
