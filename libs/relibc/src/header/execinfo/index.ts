/** backtrace(3), by the objects' unwind tables. */
import type { Co } from '@bootgraph/kernel'
import { platformOf } from '../../platform/platform.ts'
import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, type HeaderTable, leaf } from '../../registry/define.ts'
import { give } from '../stdlib/given.ts'

/** Return addresses, innermost first, from the call at hand outward. */
function backtrace(c: LibcCall, out: number, size: number): number {
  if (size <= 0 || !writable(c, out, 8 * size)) return 0
  const frames = platformOf(c).linker?.callers(size) ?? []
  for (const [i, { address }] of frames.entries()) c.memory.setSize(out + 8 * i, address)
  return frames.length
}

function describe(c: LibcCall, address: number): string {
  const found = platformOf(c).linker?.dladdr(address)
  const hex = `[0x${address.toString(16)}]`
  if (found === undefined) return hex
  const { object, symbol } = found
  const offset = (base: number): string => `+0x${(address - base).toString(16)}`
  return `${object.path}(${symbol === undefined ? offset(object.base) : symbol.name + offset(symbol.address)}) ${hex}`
}

/** The same lines in one block of the heap, behind pointers to each. */
function* symbols(c: LibcCall, addresses: number, count: number): Co<number> {
  if (count < 0 || !readable(c, addresses, 8 * count)) return 0
  const lines = Array.from({ length: count }, (_, i) => new TextEncoder().encode(`${describe(c, c.memory.getSize(addresses + 8 * i))}\0`))
  const block = yield* give(c, lines.reduce((size, { length }) => size + length, 8 * count) || 1)
  if (block === 0) return 0
  let at = block + 8 * count
  for (const [i, line] of lines.entries()) {
    c.memory.setSize(block + 8 * i, at)
    c.memory.u8.set(line, at)
    at += line.length
  }
  return block
}

function* symbolsFd(c: LibcCall, addresses: number, count: number, fd: number): Co<void> {
  if (count <= 0 || !readable(c, addresses, 8 * count)) return
  const lines = Array.from({ length: count }, (_, i) => `${describe(c, c.memory.getSize(addresses + 8 * i))}\n`)
  const text = new TextEncoder().encode(lines.join(''))
  for (let at = 0; at < text.length; ) {
    const put = yield* c.kernel.write(c.cx, fd, text.subarray(at))
    if (put <= 0) return
    at += put
  }
}

export const execinfo: HeaderTable = {
  name: 'execinfo',
  spec: 'https://man7.org/linux/man-pages/man3/backtrace.3.html',
  rows: [
    leaf('backtrace', 'int(ptr, int)', backtrace),
    blocking('backtrace_symbols', 'ptr(ptr, int)', symbols),
    blocking('backtrace_symbols_fd', 'void(ptr, int, int)', symbolsFd),
  ],
}
