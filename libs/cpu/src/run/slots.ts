/**
 * Which translated function is at an address: a map in engine memory of two levels, one slot (u32) per 16 bytes of code.
 * Addresses without a translation have slot 0, the interpreter. A function gets its pc as an argument, so that two that share
 * 16 bytes cannot be mistaken for one another.
 */
import { ENGINE_END, type GuestMemory } from '../memory/guest-memory.ts'
import { DECODER_END, DIRECTORY_END } from './op-record.ts'

/** u32 per 64 KiB of guest addresses: where its chunk is. */
export const SLOT_CHUNKS = DIRECTORY_END
const SLOT_CHUNKS_END = SLOT_CHUNKS + 0x4_0000
const CHUNK = 0x4000
const EMPTY = DECODER_END
const FIRST = EMPTY + CHUNK

/** Slots that are not translations. */
export const Slot = { interpret: 0, gate: 1, first: 2 } as const
/** Slots of one engine. Each module that imports the table has its own copy of it. */
export const SLOTS = 32_768

export class SlotMap {
  readonly #memory: GuestMemory
  #free = FIRST

  constructor(memory: GuestMemory) {
    this.#memory = memory
    new Uint32Array(memory.memory.buffer, SLOT_CHUNKS, 0x1_0000).fill(EMPTY)
  }
  /** Slot of the 16 bytes around an address. */
  get(address: number): number {
    return this.#memory.getU32(this.#memory.getU32(this.#chunk(address)) + ((address >>> 2) & 0x3ffc))
  }
  set(address: number, slot: number): void {
    const memory = this.#memory
    const at = this.#chunk(address)
    let chunk = memory.getU32(at)
    if (chunk === EMPTY) {
      if (slot === Slot.interpret || this.#free + CHUNK > ENGINE_END) return
      chunk = this.#free
      this.#free += CHUNK
      memory.setU32(at, chunk)
    }
    memory.setU32(chunk + ((address >>> 2) & 0x3ffc), slot)
  }
  /** Makes the memory that it has used blank again. */
  clear(): void {
    const memory = this.#memory
    memory.bytes(SLOT_CHUNKS, SLOT_CHUNKS_END - SLOT_CHUNKS).fill(0)
    memory.bytes(FIRST, this.#free - FIRST).fill(0)
    this.#free = FIRST
  }
  #chunk(address: number): number {
    return SLOT_CHUNKS + (address >>> 16) * 4
  }
}
