/** https://pubs.opengroup.org/onlinepubs/9699919799/functions/glob.html */
import { type Co, callGuest } from '@bootgraph/kernel'
import { cstring, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, callback, type HeaderTable, leaf } from '../../registry/define.ts'
import { Fnm, matchesText } from '../fnmatch/index.ts'
import { variable } from '../process/index.ts'
import { users } from '../pwd/database.ts'
import { free, malloc, realloc } from '../stdlib/malloc.ts'

const Flag = {
  err: 1,
  mark: 2,
  noSort: 4,
  dooffs: 8,
  noCheck: 16,
  append: 32,
  noEscape: 64,
  period: 128,
  brace: 1024,
  noMagic: 2048,
  tilde: 4096,
  onlyDir: 8192,
  tildeCheck: 16384,
} as const
const NOSPACE = 1
const ABORTED = 2
const NOMATCH = 3
const ENOTDIR = 20
const AT_FDCWD = -100
const O_DIRECTORY_CLOEXEC = 0x1_0000 | 0x1000_0000 | 0x100_0000
/** glob_t: { pathc, pathv, offs, flags i32, … }, 72 bytes. */
const Glob = { count: 0, vector: 8, offset: 16, size: 72 } as const

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const magic = (text: string): boolean => /[*?[]/.test(text)
const literal = (text: string, flags: number): string => (flags & Flag.noEscape ? text : text.replace(/\\(.)/g, '$1'))

const isDirectory = (c: LibcCall, path: string): boolean => {
  const stat = c.kernel.stat(c.cx, AT_FDCWD, path, true)
  return typeof stat !== 'number' && (stat.mode & 0xf000) === 0x4000
}
const exists = (c: LibcCall, path: string): boolean => typeof c.kernel.stat(c.cx, AT_FDCWD, path, false) !== 'number'

/** Names in a folder; a number is an errno. */
function* names(c: LibcCall, folder: string): Co<readonly string[] | number> {
  const fd = yield* c.kernel.open(c.cx, folder === '' ? '.' : folder, O_DIRECTORY_CLOEXEC, 0)
  if (fd < 0) return -fd
  const entries = c.kernel.getdents(c.cx, fd)
  yield* c.kernel.close(c.cx, fd)
  return typeof entries === 'number' ? -entries : entries.map(({ name }) => name)
}

/** Paths that match a pattern or its part before a slash, sorted by folder; a number: the answer of a glob that a bad folder ends. */
function* expand(c: LibcCall, pattern: string, flags: number, onError: number): Co<string[] | number> {
  const slash = pattern.lastIndexOf('/')
  const [folder, part] = [pattern.slice(0, Math.max(slash, 0)), pattern.slice(slash + 1)]
  // A folder of one letter is looked into instead, and GLOB_MARK then adds a second slash, as in glibc.
  if (part === '' && folder.length > 1) return yield* marked(c, folder, flags | Flag.mark | Flag.onlyDir, onError)
  const folders = magic(folder) ? yield* expand(c, folder, flags | Flag.onlyDir, onError) : [literal(folder, flags)]
  if (typeof folders === 'number') return folders
  const found: string[] = []
  for (const each of folders) {
    const prefix = slash < 0 ? '' : each === '/' ? each : `${each}/`
    const inside = yield* namesIn(c, prefix, part, flags, onError)
    if (typeof inside === 'number') return inside
    found.push(...inside.map((name) => prefix + name))
  }
  return found
}

/** As expand; with GLOB_MARK a slash behind every folder. */
function* marked(c: LibcCall, pattern: string, flags: number, onError: number): Co<string[] | number> {
  const found = yield* expand(c, pattern, flags, onError)
  if (typeof found === 'number' || (flags & Flag.mark) === 0 || (pattern.endsWith('/') && pattern.length > 2)) return found
  return found.map((path) => (isDirectory(c, path) ? `${path}/` : path))
}

/** Names of the folder `prefix` that the last part of a pattern takes. */
function* namesIn(c: LibcCall, prefix: string, part: string, flags: number, onError: number): Co<string[] | number> {
  if (!magic(part)) {
    const name = literal(part, flags)
    return prefix + name !== '' && exists(c, prefix + name) ? [name] : []
  }
  const all = yield* names(c, prefix)
  if (typeof all === 'number') {
    if (all === ENOTDIR) return []
    const asked = onError === 0 ? 0n : yield* callGuest(onError, textArgument(c, prefix === '' ? '.' : prefix), all)
    return Number(BigInt.asIntN(32, asked)) !== 0 || flags & Flag.err ? ABORTED : []
  }
  const how = (flags & Flag.noEscape ? Fnm.noEscape : 0) | (flags & Flag.period ? 0 : Fnm.period)
  const matching = all.filter((name) => matchesText(c, bytesOf(part), bytesOf(name), how))
  return flags & Flag.onlyDir ? matching.filter((name) => isDirectory(c, prefix + name)) : matching
}

/** A string of the heap. */
function textArgument(c: LibcCall, text: string): number {
  const bytes = new TextEncoder().encode(`${text}\0`)
  const at = malloc(c, bytes.length)
  if (at !== 0) c.memory.u8.set(bytes, at)
  return at
}

const byBytes = (a: string, b: string): number => compareBytes(new TextEncoder().encode(a), new TextEncoder().encode(b))
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] - b[i]
  return a.length - b.length
}

/** The patterns that the first `{a,b}` of one stands for; undefined if there is none that ends. */
function alternatives(pattern: string, flags: number): string[] | undefined {
  const cuts: number[] = []
  let depth = 0
  for (let i = 0; i < pattern.length; i++) {
    const mark = pattern[i]
    if (mark === '\\' && (flags & Flag.noEscape) === 0) i++
    else if (mark === '{' && ++depth === 1) cuts.push(i)
    else if (mark === ',' && depth === 1) cuts.push(i)
    else if (mark === '}' && depth > 0 && --depth === 0) {
      cuts.push(i)
      return cuts.slice(1).map((cut, n) => pattern.slice(0, cuts[0]) + pattern.slice(cuts[n] + 1, cut) + pattern.slice(i + 1))
    }
  }
  return undefined
}

/** The folder that `~` and a user's name stand for. */
export function* homeOf(c: LibcCall, name: string): Co<string | undefined> {
  if (name === '') return variable(c, 'HOME')
  const all = yield* users(c)
  return typeof all === 'number' ? undefined : all.find((user) => user.name === name)?.home
}

/** What a pattern finds, in the order of its alternatives; a number is the answer of a glob that fails. */
export function* search(c: LibcCall, pattern: string, flags: number, onError: number): Co<string[] | number> {
  const all = flags & Flag.brace ? alternatives(pattern, flags) : undefined
  if (all !== undefined) {
    const found: string[] = []
    for (const each of all) {
      const some = yield* search(c, each, flags, onError)
      if (typeof some === 'number' && some !== NOMATCH) return some
      if (typeof some !== 'number') found.push(...some)
    }
    return found
  }
  let text = pattern
  if (flags & (Flag.tilde | Flag.tildeCheck) && text[0] === '~') {
    const user = text.slice(1).split('/', 1)[0]
    const home = yield* homeOf(c, user)
    if (home !== undefined) text = home + text.slice(1 + user.length)
    else if (flags & Flag.tildeCheck) return NOMATCH
    else if (!text.includes('/')) return [text]
  }
  const found = yield* marked(c, text, flags, onError)
  return typeof found === 'number' || flags & Flag.noSort ? found : found.sort(byBytes)
}

function* glob(c: LibcCall, pattern: number, flags: number, onError: number, out: number): Co<number> {
  const bytes = cstring(c, pattern)
  if (bytes === undefined || !writable(c, out, Glob.size)) return NOSPACE
  const text = new TextDecoder().decode(bytes)
  const shown = yield* search(c, text, flags, onError)
  if (typeof shown === 'number') return shown
  const { memory } = c
  const offset = flags & Flag.dooffs ? memory.getSize(out + Glob.offset) : 0
  const before = flags & Flag.append ? memory.getSize(out + Glob.count) : 0
  if (!(flags & Flag.append)) {
    memory.setSize(out + Glob.count, 0)
    memory.setSize(out + Glob.vector, 0)
  }
  if (shown.length === 0) {
    if (!(flags & Flag.noCheck) && !(flags & Flag.noMagic && text !== '' && !magic(text))) return NOMATCH
    shown.push(text)
  }
  const vector = realloc(c, memory.getSize(out + Glob.vector), (offset + before + shown.length + 1) * 8)
  if (vector === 0) return NOSPACE
  if (before === 0) memory.bytes(vector, offset * 8).fill(0)
  for (const [i, path] of shown.entries()) {
    const at = textArgument(c, path)
    if (at === 0) return NOSPACE
    memory.setSize(vector + (offset + before + i) * 8, at)
  }
  memory.setSize(vector + (offset + before + shown.length) * 8, 0)
  memory.setSize(out + Glob.count, before + shown.length)
  memory.setSize(out + Glob.vector, vector)
  memory.setU32(out + 24, flags)
  return 0
}

function globfree(c: LibcCall, at: number): void {
  if (!writable(c, at, Glob.size)) return
  const { memory } = c
  const vector = memory.getSize(at + Glob.vector)
  const offset = memory.getU32(at + 24) & Flag.dooffs ? memory.getSize(at + Glob.offset) : 0
  for (let i = 0; i < memory.getSize(at + Glob.count); i++) free(c, memory.getSize(vector + (offset + i) * 8))
  free(c, vector)
  memory.setSize(at + Glob.count, 0)
  memory.setSize(at + Glob.vector, 0)
}

/** Whether a word has more in it than names: `*`, `?`, or a bracket that ends. With `quote` a backslash takes the meaning from what follows. */
function isPattern(word: string, quote: boolean): boolean {
  const text = quote ? word.replace(/\\./gs, 'x') : word
  return /[*?]|\[[^\]]*\]/s.test(text)
}

export const globHeader: HeaderTable = {
  name: 'glob',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/functions/glob.html',
  rows: [
    callback('glob', 'int(ptr, int, ptr, ptr)', glob),
    alias('glob64', 'glob'),
    leaf('glob_pattern_p', 'int(ptr, int)', (c, pattern: number, quote: number) => (isPattern(c.string(pattern), quote !== 0) ? 1 : 0)),
    leaf('globfree', 'void(ptr)', globfree),
    alias('globfree64', 'globfree'),
  ],
}
