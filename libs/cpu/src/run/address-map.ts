/** Entries at first. It grows by much at once: moving entries costs, pages that stay empty do not. */
const SMALLEST = 1 << 16

/** A map from guest addresses to numbers, both 32 bits and not 0; open addressing, keys and values by turns. */
export class AddressMap {
  #entries = new Uint32Array(SMALLEST * 2)
  #size = 0

  get size(): number {
    return this.#size
  }
  /** 0 if there is none. */
  get(address: number): number {
    const entries = this.#entries
    const mask = entries.length - 2
    for (let at = spread(address) & mask; entries[at] !== 0; at = (at + 2) & mask) if (entries[at] === address) return entries[at + 1]
    return 0
  }
  set(address: number, value: number): void {
    if (this.#size * 4 >= this.#entries.length) this.#grow()
    const entries = this.#entries
    const mask = entries.length - 2
    let at = spread(address) & mask
    while (entries[at] !== 0 && entries[at] !== address) at = (at + 2) & mask
    if (entries[at] === 0) this.#size++
    entries[at] = address
    entries[at + 1] = value
  }
  clear(): void {
    if (this.#size === 0) return
    this.#entries = new Uint32Array(SMALLEST * 2)
    this.#size = 0
  }
  #grow(): void {
    const entries = this.#entries
    this.#entries = new Uint32Array(entries.length * 8)
    this.#size = 0
    for (let i = 0; i < entries.length; i += 2) if (entries[i] !== 0) this.set(entries[i], entries[i + 1])
  }
}

/** Neighbours stay near each other, for the processor's cache: 64 bytes of code, far from the next ones, have 32 entries. */
const spread = (address: number): number => (Math.imul(address >>> 6, 0x9e37_79b1) << 6) | (address & 0x3e)
