/**
 * https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/aio.h.html: an operation is over when the call that asks for it comes back, as POSIX
 * allows; what is left to ask is how it went.
 */
import { type Co, callGuest } from '@bootgraph/kernel'
import { readable, source, target, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, callback, type HeaderTable, leaf, type SymbolRow } from '../../registry/define.ts'

const EIO = 5
const EBADF = 9
const EFAULT = 14
const EINVAL = 22
/** struct aiocb of linux-gnu; the struct sigevent in it: value, signo i32, notify i32, function. */
const Block = {
  fd: 0,
  operation: 4,
  buffer: 16,
  length: 24,
  event: 32,
  error: 112,
  result: 120,
  offset: 128,
  size: 168,
} as const
const Event = { value: 0, signal: 8, notify: 12, fn: 16 } as const
const Notify = { signal: 0, none: 1, thread: 2 } as const
const Operation = { read: 0, write: 1, none: 2 } as const
const ALL_DONE = 2
const Wait = { wait: 0, noWait: 1 } as const
const O_SYNC = new Set([0o10000, 0o4010000])
const ESPIPE = 29

/** Tells the program as it asked: by a signal, or by a call, which is the caller's own thread's. */
function* notify(c: LibcCall, event: number): Co<void> {
  const { memory } = c
  const how = memory.getI32(event + Event.notify)
  if (how === Notify.signal && memory.getI32(event + Event.signal) > 0)
    c.kernel.kill(c.cx, c.kernel.getpid(c.cx), memory.getI32(event + Event.signal), memory.getU64(event + Event.value))
  if (how === Notify.thread) yield* callGuest(memory.getSize(event + Event.fn), memory.getU64(event + Event.value))
}

function* transfer(c: LibcCall, block: number, operation: number): Co<number> {
  const { cx, kernel, memory } = c
  const [fd, at, length] = [memory.getI32(block + Block.fd), memory.getSize(block + Block.buffer), memory.getSize(block + Block.length)]
  const bytes = (operation === Operation.read ? target : source)(c, at, length)
  if (bytes === undefined) return -EFAULT
  const offset = memory.getSize(block + Block.offset)
  const read = operation === Operation.read
  const placed = yield* read ? kernel.pread(cx, fd, bytes, offset) : kernel.pwrite(cx, fd, bytes, offset)
  if (placed !== -ESPIPE) return placed
  return yield* read ? kernel.read(cx, fd, bytes) : kernel.write(cx, fd, bytes)
}

function finish(c: LibcCall, block: number, result: number): void {
  c.memory.setI32(block + Block.error, result < 0 ? -result : 0)
  c.memory.setU64(block + Block.result, BigInt.asUintN(64, BigInt(result < 0 ? -1 : result)))
}

function* start(c: LibcCall, block: number, operation: number): Co<number> {
  if (!writable(c, block, Block.size)) return c.fail(EINVAL)
  finish(c, block, yield* transfer(c, block, operation))
  yield* notify(c, block + Block.event)
  return 0
}

function* list(c: LibcCall, mode: number, blocks: number, count: number, event: number): Co<number> {
  if ((mode !== Wait.wait && mode !== Wait.noWait) || count < 0 || !readable(c, blocks, 8 * count)) return c.fail(EINVAL)
  let failed = false
  for (let i = 0; i < count; i++) {
    const block = c.memory.getSize(blocks + 8 * i)
    const operation = block === 0 ? Operation.none : c.memory.getI32(block + Block.operation)
    if (operation === Operation.none) continue
    if (operation !== Operation.read && operation !== Operation.write) failed = true
    else if ((yield* start(c, block, operation)) < 0 || c.memory.getI32(block + Block.error) !== 0) failed ||= mode === Wait.wait
  }
  if (mode === Wait.noWait && event !== 0 && readable(c, event, 64)) yield* notify(c, event)
  return failed ? c.fail(EIO) : 0
}

const rows: readonly SymbolRow[] = [
  callback('aio_read', 'int(ptr)', (c, block: number) => start(c, block, Operation.read)),
  callback('aio_write', 'int(ptr)', (c, block: number) => start(c, block, Operation.write)),
  callback('aio_fsync', 'int(int, ptr)', function* (c, operation: number, block: number) {
    if (!O_SYNC.has(operation) || !writable(c, block, Block.size)) return c.fail(EINVAL)
    const done = c.kernel.fsync(c.cx, c.memory.getI32(block + Block.fd))
    if (done === -EBADF) return c.fail(EBADF)
    finish(c, block, done)
    yield* notify(c, block + Block.event)
    return 0
  }),
  leaf('aio_error', 'int(ptr)', (c, block: number) =>
    readable(c, block, Block.size) ? c.memory.getI32(block + Block.error) : c.fail(EINVAL),
  ),
  leaf('aio_return', 'i64(ptr)', (c, block: number) =>
    readable(c, block, Block.size) ? BigInt.asIntN(64, c.memory.getU64(block + Block.result)) : BigInt(c.fail(EINVAL)),
  ),
  leaf('aio_suspend', 'int(ptr, int, ptr)', (c, blocks: number, count: number) =>
    count < 0 || !readable(c, blocks, 8 * count) ? c.fail(EINVAL) : 0,
  ),
  leaf('aio_cancel', 'int(int, ptr)', (c, fd: number, block: number) => {
    if (typeof c.kernel.fstat(c.cx, fd) === 'number') return c.fail(EBADF)
    return block !== 0 && (!readable(c, block, Block.size) || c.memory.getI32(block + Block.fd) !== fd) ? c.fail(EINVAL) : ALL_DONE
  }),
  callback('lio_listio', 'int(int, ptr, int, ptr)', list),
]

export const aio: HeaderTable = {
  name: 'aio',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/aio.h.html',
  rows: [...rows, ...rows.map(({ name }) => alias(`${name}64`, name)), leaf('aio_init', 'void(ptr)', () => {})],
}
