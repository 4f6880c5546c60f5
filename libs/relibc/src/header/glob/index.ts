/** https://pubs.opengroup.org/onlinepubs/9699919799/functions/glob.html */
import { type Co, callGuest } from '@bootgraph/kernel'
import { cstring, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, callback, type HeaderTable, leaf } from '../../registry/define.ts'
import { Fnm, matchesText } from '../fnmatch/index.ts'
import { variable } from '../process/index.ts'
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
  noMagic: 2048,
  tilde: 4096,
  onlyDir: 8192,
} as const
const NOSPACE = 1
const ABORTED = 2
const NOMATCH = 3
const AT_FDCWD = -100
const O_DIRECTORY_CLOEXEC = 0x1_0000 | 0x1000_0000 | 0x100_0000
/** glob_t: { pathc, pathv, offs, flags i32, … }, 72 bytes. */
const Glob = { count: 0, vector: 8, offset: 16, size: 72 } as const

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const magic = (text: string): boolean => /[*?[]/.test(text)
const unquoted = (text: string): string => text.replace(/\\(.)/g, '$1')

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

/** Paths that match, or a number: the answer of a glob that a bad folder ends. */
function* expand(c: LibcCall, pattern: string, flags: number, onError: number): Co<string[] | number> {
  let found = [pattern[0] === '/' ? '/' : '']
  const parts = pattern.split('/').filter((part, i, all) => part !== '' || i === all.length - 1)
  for (const [i, part] of parts.entries()) {
    const last = i === parts.length - 1
    const next: string[] = []
    for (const prefix of found) {
      if (part === '') {
        if (isDirectory(c, prefix === '' ? '.' : prefix)) next.push(prefix)
        continue
      }
      if (!magic(part)) {
        const path = prefix + (flags & Flag.noEscape ? part : unquoted(part))
        if (last ? exists(c, path) : isDirectory(c, path)) next.push(last ? path : `${path}/`)
        continue
      }
      const all = yield* names(c, prefix)
      if (typeof all === 'number') {
        const asked = onError === 0 ? 0n : yield* callGuest(onError, pathArgument(c, prefix), all)
        if (Number(BigInt.asIntN(32, asked)) !== 0 || flags & Flag.err) return ABORTED
        continue
      }
      const how = (flags & Flag.noEscape ? Fnm.noEscape : 0) | (flags & Flag.period ? 0 : Fnm.period)
      for (const name of all) {
        if (!matchesText(c, bytesOf(part), bytesOf(name), how)) continue
        if (last && !(flags & Flag.onlyDir && !isDirectory(c, prefix + name))) next.push(prefix + name)
        else if (last) continue
        else if (isDirectory(c, prefix + name)) next.push(`${prefix + name}/`)
      }
    }
    found = next
  }
  return found
}

/** The folder of an error callback, as a string of the heap. */
function pathArgument(c: LibcCall, text: string): number {
  const bytes = new TextEncoder().encode(`${text === '' ? '.' : text}\0`)
  const at = malloc(c, bytes.length)
  if (at !== 0) c.memory.u8.set(bytes, at)
  return at
}

const byBytes = (a: string, b: string): number => compareBytes(new TextEncoder().encode(a), new TextEncoder().encode(b))
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] - b[i]
  return a.length - b.length
}

function* glob(c: LibcCall, pattern: number, flags: number, onError: number, out: number): Co<number> {
  const bytes = cstring(c, pattern)
  if (bytes === undefined || !writable(c, out, Glob.size)) return NOSPACE
  let text = new TextDecoder().decode(bytes)
  if (flags & Flag.tilde && /^~(\/|$)/.test(text)) text = (variable(c, 'HOME') ?? '~') + text.slice(1)
  const found = yield* expand(c, text, flags, onError)
  if (typeof found === 'number') return found
  const shown = found.map((path) => (flags & Flag.mark && isDirectory(c, path) ? `${path}/` : path))
  if (!(flags & Flag.noSort)) shown.sort(byBytes)
  const { memory } = c
  const offset = flags & Flag.dooffs ? memory.getSize(out + Glob.offset) : 0
  const before = flags & Flag.append ? memory.getSize(out + Glob.count) : 0
  if (!(flags & Flag.append)) {
    memory.setSize(out + Glob.count, 0)
    memory.setSize(out + Glob.vector, 0)
  }
  if (shown.length === 0) {
    if (!(flags & Flag.noCheck) && !(flags & Flag.noMagic && !magic(text))) return NOMATCH
    shown.push(text)
  }
  const vector = realloc(c, memory.getSize(out + Glob.vector), (offset + before + shown.length + 1) * 8)
  if (vector === 0) return NOSPACE
  if (before === 0) memory.bytes(vector, offset * 8).fill(0)
  for (const [i, path] of shown.entries()) {
    const at = pathArgument(c, path)
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

export const globHeader: HeaderTable = {
  name: 'glob',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/functions/glob.html',
  rows: [
    callback('glob', 'int(ptr, int, ptr, ptr)', glob),
    alias('glob64', 'glob'),
    leaf('globfree', 'void(ptr)', globfree),
    alias('globfree64', 'globfree'),
  ],
}
