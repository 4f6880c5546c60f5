/** Objects in a stack of chunks (GNU C library manual, Obstacks); what its macros inline reads and writes the struct as glibc lays it out. */
import { type Co, callGuest } from '@bootgraph/kernel'
import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, callback, type HeaderTable, leaf, object } from '../../registry/define.ts'
import { VaList } from '../../registry/va-list.ts'
import { abortCall } from '../fault.ts'
import { exit } from '../start/exit.ts'
import { formatText } from '../stdio/format.ts'
import { isStream, put, standard } from '../stdio/stream.ts'

/** struct obstack of linux-gnu. */
const Stack = {
  chunkSize: 0,
  chunk: 8,
  objectBase: 16,
  nextFree: 24,
  chunkLimit: 32,
  alignmentMask: 48,
  allocate: 56,
  release: 64,
  argument: 72,
  bits: 80,
  size: 88,
} as const
const Bit = { useArgument: 1, maybeEmpty: 2, failed: 4 } as const
/** struct _obstack_chunk: limit, the chunk before it, contents. */
const Chunk = { limit: 0, previous: 8, contents: 16 } as const
const ALIGNMENT = 16
/** 4096 without what malloc is thought to need. */
const CHUNK = 4064

const aligned = (c: LibcCall, stack: number, at: number): number => {
  const mask = c.memory.getI32(stack + Stack.alignmentMask)
  return (at + mask) & ~mask
}

/** Calls back to the function that the stack was made with, with its argument first where it has one. */
function call(c: LibcCall, stack: number, which: 'allocate' | 'release', argument: number): Co<bigint> {
  const fn = c.memory.getSize(stack + Stack[which])
  return c.memory.getU32(stack + Stack.bits) & Bit.useArgument
    ? callGuest(fn, c.memory.getSize(stack + Stack.argument), argument)
    : callGuest(fn, argument)
}

function* allocate(c: LibcCall, stack: number, size: number): Co<number> {
  const chunk = Number(yield* call(c, stack, 'allocate', size))
  if (chunk !== 0) return chunk
  const handler = c.memory.getSize(c.object('obstack_alloc_failed_handler'))
  if (handler !== 0) yield* callGuest(handler)
  else {
    const file = standard(c, 'stderr')
    if (isStream(c, file)) yield* put(c, file, new TextEncoder().encode('memory exhausted\n'))
    yield* exit(c, c.memory.getI32(c.object('obstack_exit_failure')))
  }
  return abortCall(c)
}

const setBits = (c: LibcCall, stack: number, clear: number, set: number): void =>
  c.memory.setU32(stack + Stack.bits, (c.memory.getU32(stack + Stack.bits) & ~clear) | set)

function* begin(c: LibcCall, stack: number, size: number, alignment: number, make: number, drop: number, argument?: number): Co<number> {
  const { memory } = c
  if (!writable(c, stack, Stack.size)) return abortCall(c)
  memory.setSize(stack + Stack.allocate, make)
  memory.setSize(stack + Stack.release, drop)
  memory.setSize(stack + Stack.chunkSize, size === 0 ? CHUNK : size)
  memory.setI32(stack + Stack.alignmentMask, (alignment === 0 ? ALIGNMENT : alignment) - 1)
  memory.setSize(stack + Stack.argument, argument ?? 0)
  memory.setU32(stack + Stack.bits, argument === undefined ? 0 : Bit.useArgument)
  const chunkSize = memory.getSize(stack + Stack.chunkSize)
  const chunk = yield* allocate(c, stack, chunkSize)
  const start = aligned(c, stack, chunk + Chunk.contents)
  memory.setSize(stack + Stack.chunk, chunk)
  memory.setSize(stack + Stack.nextFree, start)
  memory.setSize(stack + Stack.objectBase, start)
  memory.setSize(chunk + Chunk.limit, chunk + chunkSize)
  memory.setSize(stack + Stack.chunkLimit, chunk + chunkSize)
  memory.setSize(chunk + Chunk.previous, 0)
  return 1
}

/** A new chunk with the object that grows, and room for `length` more bytes of it. */
function* newChunk(c: LibcCall, stack: number, length: number): Co<void> {
  const { memory } = c
  const old = memory.getSize(stack + Stack.chunk)
  const base = memory.getSize(stack + Stack.objectBase)
  const size = memory.getSize(stack + Stack.nextFree) - base
  const wanted = size + length + (size >>> 3) + memory.getI32(stack + Stack.alignmentMask) + 100
  const total = Math.max(wanted, memory.getSize(stack + Stack.chunkSize))
  const chunk = yield* allocate(c, stack, total)
  memory.setSize(stack + Stack.chunk, chunk)
  memory.setSize(chunk + Chunk.previous, old)
  memory.setSize(chunk + Chunk.limit, chunk + total)
  memory.setSize(stack + Stack.chunkLimit, chunk + total)
  const start = aligned(c, stack, chunk + Chunk.contents)
  memory.u8.copyWithin(start, base, base + size)
  // The old chunk goes if nothing but this object was in it.
  if (!(memory.getU32(stack + Stack.bits) & Bit.maybeEmpty) && base === aligned(c, stack, old + Chunk.contents)) {
    memory.setSize(chunk + Chunk.previous, memory.getSize(old + Chunk.previous))
    yield* call(c, stack, 'release', old)
  }
  memory.setSize(stack + Stack.objectBase, start)
  memory.setSize(stack + Stack.nextFree, start + size)
  setBits(c, stack, Bit.maybeEmpty, 0)
}

const holds = (c: LibcCall, chunk: number, at: number): boolean => chunk < at && c.memory.getSize(chunk + Chunk.limit) >= at

/** Frees an object and all that came after it; 0 frees everything. */
function* release(c: LibcCall, stack: number, at: number): Co<void> {
  const { memory } = c
  let chunk = memory.getSize(stack + Stack.chunk)
  while (chunk !== 0 && !holds(c, chunk, at)) {
    const previous = memory.getSize(chunk + Chunk.previous)
    yield* call(c, stack, 'release', chunk)
    chunk = previous
    setBits(c, stack, 0, Bit.maybeEmpty)
  }
  if (chunk !== 0) {
    memory.setSize(stack + Stack.objectBase, at)
    memory.setSize(stack + Stack.nextFree, at)
    memory.setSize(stack + Stack.chunkLimit, memory.getSize(chunk + Chunk.limit))
    memory.setSize(stack + Stack.chunk, chunk)
  } else if (at !== 0) abortCall(c)
}

function* chunks(c: LibcCall, stack: number): Generator<number> {
  for (let at = c.memory.getSize(stack + Stack.chunk); at !== 0 && readable(c, at, 16); at = c.memory.getSize(at + Chunk.previous)) yield at
}

/** Appends formatted text to the growing object. */
function* print(c: LibcCall, stack: number, format: number, list: VaList | undefined): Co<number> {
  const end = c.memory.cstrEnd(format)
  const made = end < 0 || list === undefined ? -1 : formatText(c, c.memory.u8.slice(format, end), list)
  if (typeof made === 'number') return -1
  const { memory } = c
  if (memory.getSize(stack + Stack.nextFree) + made.length > memory.getSize(stack + Stack.chunkLimit))
    yield* newChunk(c, stack, made.length)
  const at = memory.getSize(stack + Stack.nextFree)
  memory.u8.set(made, at)
  memory.setSize(stack + Stack.nextFree, at + made.length)
  return made.length
}

const pointed = (c: LibcCall, list: number): VaList | undefined => VaList.ofPointer(c, list)

export const obstack: HeaderTable = {
  name: 'obstack',
  spec: 'https://www.gnu.org/software/libc/manual/html_node/Obstacks.html',
  rows: [
    object('obstack_alloc_failed_handler', 8, 8),
    object('obstack_exit_failure', 4, 4, Uint8Array.of(1, 0, 0, 0)),
    callback('_obstack_begin', 'int(ptr, int, int, ptr, ptr)', begin),
    callback('_obstack_begin_1', 'int(ptr, int, int, ptr, ptr, ptr)', begin),
    callback('_obstack_newchunk', 'void(ptr, int)', newChunk),
    callback('obstack_free', 'void(ptr, ptr)', release),
    alias('_obstack_free', 'obstack_free'),
    leaf('_obstack_allocated_p', 'int(ptr, ptr)', (c, stack: number, at: number) =>
      [...chunks(c, stack)].some((chunk) => holds(c, chunk, at)) ? 1 : 0,
    ),
    leaf('_obstack_memory_used', 'int(ptr)', (c, stack: number) =>
      [...chunks(c, stack)].reduce((sum, chunk) => sum + c.memory.getSize(chunk + Chunk.limit) - chunk, 0),
    ),
    callback('obstack_printf', 'int(ptr, ptr, ...)', (c, stack: number, format: number, list: VaList) => print(c, stack, format, list)),
    callback('obstack_vprintf', 'int(ptr, ptr, va_list)', (c, stack: number, format: number, list: number) =>
      print(c, stack, format, pointed(c, list)),
    ),
    callback('__obstack_printf_chk', 'int(ptr, int, ptr, ...)', (c, stack: number, _flag: number, format: number, list: VaList) =>
      print(c, stack, format, list),
    ),
    callback('__obstack_vprintf_chk', 'int(ptr, int, ptr, va_list)', (c, stack: number, _flag: number, format: number, list: number) =>
      print(c, stack, format, pointed(c, list)),
    ),
  ],
}
