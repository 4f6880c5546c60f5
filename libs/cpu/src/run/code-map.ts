/** Where the record of each guest address is: a map in engine memory of two levels, which handlers and the decoder read without the host. */
import type { GuestMemory } from '../memory/guest-memory.ts'
import { type Code, I32, W } from '../wasm/code.ts'
import { CHUNK_SIZE, CHUNKS, DECODER, DIRECTORY, RECORDS } from './op-record.ts'

/** u32: offset of the next free chunk. */
export const NEXT_CHUNK = DECODER
/** u32 per chunk: which entry of the directory has it. */
const OWNERS = DECODER + 0x26_0000
/** From a chunk to its owner's word. */
const OWNER_SHIFT = 8
/** Chunk 0 is the one without a record. */
const FIRST = CHUNK_SIZE
const LIMIT = RECORDS - CHUNKS

/** Addresses of one chunk, and what an address has to do with their entry and word. */
const SPAN = CHUNK_SIZE / 4
const ENTRY = { shift: 6, mask: 0x3ff_fffc } as const
const WORD = CHUNK_SIZE - 4
const entryOf = (address: number): number => (address >>> ENTRY.shift) & ENTRY.mask

/** Pushes the record of the guest address in an i32 local, or 0. */
export function known(code: Code, address: number): void {
  code.get(address).i32(ENTRY.shift).op(W.i32shru).i32(ENTRY.mask).op(W.i32and).mem(W.i32load, DIRECTORY)
  code.get(address).i32(2).op(W.i32shl).i32(WORD).op(W.i32and, W.i32add).mem(W.i32load, CHUNKS)
}
/** Pushes 1 if no `count` more chunks can be had. */
export function isFull(code: Code, count: number): void {
  code
    .i32(0)
    .mem(W.i32load, NEXT_CHUNK)
    .i32(LIMIT - count * CHUNK_SIZE)
    .op(W.i32gtu)
}
/** Gives the place of a guest address's word, in a new chunk if need be; there must be room for one. */
export function placeOf(code: Code, address: number): void {
  const entry = code.local(I32)
  const chunk = code.local(I32)
  code.get(address).i32(ENTRY.shift).op(W.i32shru).i32(ENTRY.mask).op(W.i32and).set(entry)
  code.get(entry).mem(W.i32load, DIRECTORY).tee(chunk).op(W.i32eqz).if()
  code.i32(0).mem(W.i32load, NEXT_CHUNK).set(chunk)
  code.i32(0).get(chunk).i32(CHUNK_SIZE).op(W.i32add).mem(W.i32store, NEXT_CHUNK)
  code.get(entry).get(chunk).mem(W.i32store, DIRECTORY)
  code.get(chunk).i32(OWNER_SHIFT).op(W.i32shru).get(entry).mem(W.i32store, OWNERS).end()
  code
    .get(chunk)
    .get(address)
    .i32(2)
    .op(W.i32shl)
    .i32(WORD)
    .op(W.i32and, W.i32add)
    .i32(CHUNKS | 0)
    .op(W.i32add)
}

/** The host's side of the map. */
export class CodeMap {
  readonly #memory: GuestMemory

  constructor(memory: GuestMemory) {
    this.#memory = memory
    memory.setU32(NEXT_CHUNK, FIRST)
  }
  get(address: number): number {
    const memory = this.#memory
    return memory.getU32(CHUNKS + memory.getU32(DIRECTORY + entryOf(address)) + ((address * 4) & WORD))
  }
  /** There must be room for a chunk. */
  set(address: number, record: number): void {
    this.#memory.setU32(this.#place(address), record)
  }
  /** Remembers that there is code around an address. */
  mark(address: number): void {
    this.#place(address)
  }
  #place(address: number): number {
    const memory = this.#memory
    const entry = entryOf(address)
    let chunk = memory.getU32(DIRECTORY + entry)
    if (chunk === 0) {
      chunk = memory.getU32(NEXT_CHUNK)
      memory.setU32(NEXT_CHUNK, chunk + CHUNK_SIZE)
      memory.setU32(DIRECTORY + entry, chunk)
      memory.setU32(OWNERS + (chunk >>> OWNER_SHIFT), entry)
    }
    return CHUNKS + chunk + ((address * 4) & WORD)
  }
  /** Whether half of the chunks are taken. */
  get isHalfFull(): boolean {
    return this.#memory.getU32(NEXT_CHUNK) > LIMIT / 2
  }
  /** Whether `count` more chunks can be had. */
  hasRoom(count: number): boolean {
    return this.#memory.getU32(NEXT_CHUNK) + count * CHUNK_SIZE <= LIMIT
  }
  /** True if there may be code within so many bytes. */
  holds(address: number, length: number): boolean {
    for (let at = address - (address % SPAN); at < address + length; at += SPAN)
      if (this.#memory.getU32(DIRECTORY + entryOf(at)) !== 0) return true
    return false
  }
  clear(): void {
    const memory = this.#memory
    const end = memory.getU32(NEXT_CHUNK)
    for (let chunk = FIRST; chunk < end; chunk += CHUNK_SIZE) memory.setU32(DIRECTORY + memory.getU32(OWNERS + (chunk >>> OWNER_SHIFT)), 0)
    memory.bytes(CHUNKS + FIRST, end - FIRST).fill(0)
    memory.setU32(NEXT_CHUNK, FIRST)
  }
}
