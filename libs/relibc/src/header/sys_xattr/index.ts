/** <sys/xattr.h>: extended attributes of files (xattr(7)). Names are bytes, each as a character. */
import type { FileAttributes } from '@bootgraph/kernel'
import { cstring, EFAULT, path, source, target } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { type HeaderTable, leaf, type SymbolRow } from '../../registry/define.ts'

const ERANGE = 34
const E2BIG = 7
const VALUE_MAX = 65_536

/** What a function does with the attributes and its further arguments: a count, or -errno. */
type Body = (c: LibcCall, attributes: FileAttributes, a: number, b: number, size: number, flags: number) => number

/** Copies bytes out, or tells their count where the room is none. */
function put(c: LibcCall, bytes: Uint8Array, out: number, room: number): number {
  if (room === 0) return bytes.length
  if (bytes.length > room) return -ERANGE
  const into = target(c, out, bytes.length)
  if (into === undefined) return -EFAULT
  into.set(bytes)
  return bytes.length
}

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (byte) => byte.charCodeAt(0))

/** The name that an argument points to. */
function withName(c: LibcCall, at: number, body: (name: string) => number): number {
  const bytes = cstring(c, at)
  if (bytes === undefined) return -EFAULT
  return bytes.length > 255 ? -ERANGE : body(String.fromCharCode(...bytes))
}

const get: Body = (c, attributes, name, out, room) =>
  withName(c, name, (text) => {
    const value = attributes.get(text)
    return typeof value === 'number' ? value : put(c, value, out, room)
  })

const set: Body = (c, attributes, name, at, size, flags) =>
  withName(c, name, (text) => {
    if (size > VALUE_MAX) return -E2BIG
    const value = source(c, at, size)
    return value === undefined ? -EFAULT : attributes.set(text, value.slice(), flags)
  })

const list: Body = (c, attributes, out, room) =>
  put(
    c,
    bytesOf(
      attributes
        .list()
        .map((name) => `${name}\0`)
        .join(''),
    ),
    out,
    room,
  )

const remove: Body = (c, attributes, name) => withName(c, name, (text) => attributes.remove(text))

/** The three forms of a function: by path, of a link itself, by descriptor. `rest`: types of its further arguments. */
function forms(name: string, rest: string, body: Body): SymbolRow[] {
  const done = (c: LibcCall, of: FileAttributes | number, args: readonly number[]): number => {
    const [a = 0, b = 0, size = 0, flags = 0] = args
    const result = typeof of === 'number' ? of : body(c, of, a, b, size, flags)
    return result < 0 ? c.fail(-result) : result
  }
  const named =
    (follow: boolean) =>
    (c: LibcCall, file: number, ...args: number[]) => {
      const text = path(c, file)
      return text === undefined ? c.fail(EFAULT) : done(c, c.kernel.attributes(c.cx, text, follow), args)
    }
  return [
    leaf(name, `long(ptr, ${rest})`, named(true)),
    leaf(`l${name}`, `long(ptr, ${rest})`, named(false)),
    leaf(`f${name}`, `long(int, ${rest})`, (c, fd: number, ...args: number[]) => done(c, c.kernel.attributes(c.cx, fd, true), args)),
  ]
}

export const sysXattr: HeaderTable = {
  name: 'sys/xattr',
  spec: 'https://man7.org/linux/man-pages/man7/xattr.7.html',
  rows: [
    ...forms('getxattr', 'ptr, ptr, size', get),
    ...forms('setxattr', 'ptr, ptr, size, int', set),
    ...forms('listxattr', 'ptr, size', list),
    ...forms('removexattr', 'ptr', remove),
  ],
}
