/**
 * Files of records, a line each, and the functions that look things up in them: with static storage, with the caller's own (`_r`), one after
 * the other, and out of streams and strings. A file is read at each call (GNU C library manual, Name Service Switch: the service "files").
 */
import type { Co } from '@bootgraph/kernel'
import { Thread } from '../platform/thread-block.ts'
import { EFAULT, writable } from '../platform/user-memory.ts'
import type { LibcCall } from '../registry/call.ts'
import { blocking, leaf, type ObjectRow, object, type SymbolRow } from '../registry/define.ts'
import { type Field, place, roomFor } from './record.ts'
import { getByte, isStream } from './stdio/stream.ts'
import { realloc } from './stdlib/malloc.ts'
import { storage } from './storage.ts'

const ENOENT = 2
const EINVAL = 22
const ERANGE = 34
/** Values of h_errno. */
export const HOST_NOT_FOUND = 1
export const NETDB_INTERNAL = -1
const O_RDONLY_CLOEXEC = 0x1_0000 | 0x100_0000
const CHUNK = 4096
/** A database's object: number of the next entry (u32), the buffer of its static result with its size, the result. */
const State = { next: 0, buffer: 8, room: 16, result: 24 } as const

export interface Database<T> {
  /** Of its object, `__libc_…`. */
  readonly state: string
  /** Bytes of the struct. */
  readonly size: number
  /** -errno where there is nothing to be read. */
  readonly read: (c: LibcCall) => Co<readonly T[] | number>
  readonly fields: (entry: T) => readonly Field[]
  /** What is not found is told by h_errno; `_r` functions bring their own behind the result. */
  readonly hErrno?: true
}

/** A whole file as text, or -errno. */
export function* readText(c: LibcCall, path: string): Co<string | number> {
  const { cx, kernel } = c
  const fd = yield* kernel.open(cx, path, O_RDONLY_CLOEXEC, 0)
  if (fd < 0) return fd
  const decoder = new TextDecoder()
  const chunk = new Uint8Array(CHUNK)
  let text = ''
  let got = yield* kernel.read(cx, fd, chunk)
  for (; got > 0; got = yield* kernel.read(cx, fd, chunk)) text += decoder.decode(chunk.subarray(0, got), { stream: true })
  yield* kernel.close(cx, fd)
  return got < 0 ? got : text
}

export const parseLines = <T>(text: string, parse: (line: string) => T | undefined): T[] =>
  text.split('\n').flatMap((line) => parse(line) ?? [])

/** Reads a file's lines; what `parse` does not take is passed over. */
export const lines = <T>(path: string, parse: (line: string) => T | undefined) =>
  function* (c: LibcCall): Co<T[] | number> {
    const text = yield* readText(c, path)
    return typeof text === 'number' ? text : parseLines(text, parse)
  }

export const stateOf = <T>(database: Database<T>): ObjectRow => object(database.state, State.result + database.size, 8)

/** The entry in the database's own storage, which grows with it: a pointer, or 0. */
export function still<T>(c: LibcCall, database: Database<T>, entry: T | undefined): number {
  if (entry === undefined) return 0
  const { memory } = c
  const at = storage(c, database.state)
  const fields = database.fields(entry)
  const size = roomFor(fields)
  if (memory.getSize(at + State.room) < size) {
    const buffer = realloc(c, memory.getSize(at + State.buffer), size)
    if (buffer === 0) return 0
    memory.setSize(at + State.buffer, buffer)
    memory.setSize(at + State.room, size)
  }
  place(c, fields, at + State.result, memory.getSize(at + State.buffer), memory.getSize(at + State.room))
  return at + State.result
}

/** What a program brings for a result: struct, buffer and its size, where the pointer to the struct goes, h_errno. */
export type Own = [out: number, buffer: number, size: number, result: number, hErrno?: number]

/** The entry in the program's storage: 0, or an errno; the pointer is null if there is no entry. */
export function own<T>(
  c: LibcCall,
  { size, fields, hErrno }: Database<T>,
  entry: T | undefined,
  ...[out, buffer, room, result, error]: Own
): number {
  if (!writable(c, out, size) || !writable(c, buffer, room) || !writable(c, result, 8)) return EFAULT
  c.memory.setSize(result, 0)
  if (entry === undefined) {
    if (hErrno && error !== undefined && writable(c, error, 4)) c.memory.setI32(error, HOST_NOT_FOUND)
    return 0
  }
  if (!place(c, fields(entry), out, buffer, room)) {
    if (hErrno && error !== undefined && writable(c, error, 4)) c.memory.setI32(error, NETDB_INTERNAL)
    return ERANGE
  }
  c.memory.setSize(result, out)
  return 0
}

export const setHErrno = (c: LibcCall, value: number): void => c.memory.setI32(c.cx.threadPointer + Thread.hErrno, value)

export const ownParameters = <T>({ hErrno }: Database<T>): string => `ptr, ptr, size, ptr${hErrno ? ', ptr' : ''}`

// biome-ignore lint/suspicious/noExplicitAny: as LeafFn: the parameters say what the arguments are
type Wanted<T> = (c: LibcCall, ...args: any[]) => (entry: T) => boolean

/** `name` and `name_r`: the first entry that the arguments ask for. */
export function lookUp<T>(database: Database<T>, name: string, parameters: string, wanted: Wanted<T>): readonly SymbolRow[] {
  const count = parameters.split(',').length
  return [
    blocking(name, `ptr(${parameters})`, function* (c, ...args: number[]) {
      const is = wanted(c, ...args)
      const entries = yield* database.read(c)
      const entry = typeof entries === 'number' ? undefined : entries.find(is)
      if (typeof entries === 'number') c.fail(-entries)
      if (entry === undefined && database.hErrno) setHErrno(c, HOST_NOT_FOUND)
      return still(c, database, entry)
    }),
    blocking(`${name}_r`, `int(${parameters}, ${ownParameters(database)})`, function* (c, ...args: number[]) {
      const is = wanted(c, ...args.slice(0, count))
      const entries = yield* database.read(c)
      const errno = own(c, database, typeof entries === 'number' ? undefined : entries.find(is), ...(args.slice(count) as Own))
      return errno === 0 && typeof entries === 'number' ? -entries : errno
    }),
  ]
}

/** set…ent, end…ent, get…ent and get…ent_r, the last of which answers ENOENT behind the last entry. */
export function enumeration<T>(database: Database<T>, word: string): readonly SymbolRow[] {
  const rewind = (c: LibcCall): void => c.memory.setU32(storage(c, database.state) + State.next, 0)
  const next = (c: LibcCall): number => c.memory.getU32(storage(c, database.state) + State.next)
  const step = (c: LibcCall): void => c.memory.setU32(storage(c, database.state) + State.next, next(c) + 1)
  return [
    leaf(`set${word}`, 'void(int)', rewind),
    leaf(`end${word}`, 'void()', rewind),
    blocking(`get${word}`, 'ptr()', function* (c) {
      const entries = yield* database.read(c)
      if (typeof entries === 'number') return c.fail(-entries) + 1
      const entry = entries[next(c)]
      if (entry !== undefined) step(c)
      return still(c, database, entry)
    }),
    blocking(`get${word}_r`, `int(${ownParameters(database)})`, function* (c, ...args: Own) {
      const entries = yield* database.read(c)
      const entry = typeof entries === 'number' ? undefined : entries[next(c)]
      const errno = own(c, database, entry, ...args)
      if (errno === 0 && entry !== undefined) step(c)
      return errno === 0 && entry === undefined ? ENOENT : errno
    }),
  ]
}

/** The next line of a stream without its end; undefined behind the last. */
export function* lineOf(c: LibcCall, file: number): Co<string | undefined> {
  const bytes: number[] = []
  for (;;) {
    const byte = yield* getByte(c, file)
    if (byte < 0 && bytes.length === 0) return undefined
    if (byte < 0 || byte === 10) return new TextDecoder().decode(Uint8Array.from(bytes))
    bytes.push(byte)
  }
}

function* nextOf<T>(c: LibcCall, file: number, parse: (line: string) => T | undefined): Co<T | undefined> {
  if (!isStream(c, file)) return undefined
  for (;;) {
    const line = yield* lineOf(c, file)
    if (line === undefined) return undefined
    const entry = parse(line)
    if (entry !== undefined) return entry
  }
}

/** fget… and fget…_r: the next entry of a stream. */
export function fromStream<T>(database: Database<T>, name: string, parse: (line: string) => T | undefined): readonly SymbolRow[] {
  return [
    blocking(name, 'ptr(ptr)', function* (c, file: number) {
      const entry = yield* nextOf(c, file, parse)
      return entry === undefined ? c.fail(ENOENT) + 1 : still(c, database, entry)
    }),
    blocking(`${name}_r`, 'int(ptr, ptr, ptr, size, ptr)', function* (c, file: number, ...args: Own) {
      const entry = yield* nextOf(c, file, parse)
      return own(c, database, entry, ...args) || (entry === undefined ? ENOENT : 0)
    }),
  ]
}

/** sget… and sget…_r: the entry that a string is. */
export function fromString<T>(database: Database<T>, name: string, parse: (line: string) => T | undefined): readonly SymbolRow[] {
  return [
    leaf(name, 'ptr(ptr)', (c, text: number) => still(c, database, parse(c.string(text)))),
    leaf(`${name}_r`, 'int(ptr, ptr, ptr, size, ptr)', (c, text: number, ...args: Own) => {
      const entry = parse(c.string(text))
      return own(c, database, entry, ...args) || (entry === undefined ? EINVAL : 0)
    }),
  ]
}
