/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/libgen.h.html; both cut the program's own string. */
import { writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { type HeaderTable, leaf } from '../../registry/define.ts'
import { constant } from '../constant.ts'
import { segfault } from '../fault.ts'

const SLASH = 0x2f

/** End of the path without its trailing slashes, at least 1. */
function trimmed(bytes: Uint8Array): number {
  let end = bytes.length
  while (end > 1 && bytes[end - 1] === SLASH) end--
  return end
}

function withBytes(c: LibcCall, path: number, body: (bytes: Uint8Array) => number): number {
  if (path === 0) return constant(c, '.')
  const end = c.memory.cstrEnd(path)
  if (end < 0) return segfault(c)
  return end === path ? constant(c, '.') : body(c.memory.bytes(path, end - path))
}

const cut = (c: LibcCall, at: number): void => {
  if (writable(c, at, 1) && c.memory.getU8(at) !== 0) c.memory.setU8(at, 0)
}

function basename(c: LibcCall, path: number): number {
  return withBytes(c, path, (bytes) => {
    const end = trimmed(bytes)
    if (end === 1 && bytes[0] === SLASH) return path + bytes.length - 1
    const start = bytes.subarray(0, end).lastIndexOf(SLASH) + 1
    cut(c, path + end)
    return path + start
  })
}

function dirname(c: LibcCall, path: number): number {
  return withBytes(c, path, (bytes) => {
    const slash = bytes.subarray(0, trimmed(bytes)).lastIndexOf(SLASH)
    if (slash < 0) return constant(c, '.')
    let end = slash
    while (end > 0 && bytes[end - 1] === SLASH) end--
    if (end === 0) {
      const double = slash === 1
      cut(c, path + (double ? 2 : 1))
      return path
    }
    cut(c, path + end)
    return path
  })
}

export const libgen: HeaderTable = {
  name: 'libgen',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/libgen.h.html',
  rows: [
    leaf('__xpg_basename', 'ptr(ptr)', basename),
    leaf('basename', 'ptr(ptr)', (c, path: number) => {
      const end = c.memory.cstrEnd(path)
      if (end < 0) return segfault(c)
      return path + c.memory.bytes(path, end - path).lastIndexOf(SLASH) + 1
    }),
    leaf('dirname', 'ptr(ptr)', dirname),
  ],
}
