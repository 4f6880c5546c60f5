const SMALLEST = 1 << 14

/** A map from guest addresses to numbers, both 32 bits and not 0; open addressing. */
export class AddressMap {
  #keys = new Uint32Array(SMALLEST)
  #values = new Uint32Array(SMALLEST)
  #size = 0

  get size(): number {
    return this.#size
  }
  /** 0 if there is none. */
  get(address: number): number {
    const keys = this.#keys
    const mask = keys.length - 1
    for (let at = spread(address) & mask; keys[at] !== 0; at = (at + 1) & mask) if (keys[at] === address) return this.#values[at]
    return 0
  }
  set(address: number, value: number): void {
    if (this.#size * 2 >= this.#keys.length) this.#grow()
    const keys = this.#keys
    const mask = keys.length - 1
    let at = spread(address) & mask
    while (keys[at] !== 0 && keys[at] !== address) at = (at + 1) & mask
    if (keys[at] === 0) this.#size++
    keys[at] = address
    this.#values[at] = value
  }
  clear(): void {
    this.#keys = new Uint32Array(SMALLEST)
    this.#values = new Uint32Array(SMALLEST)
    this.#size = 0
  }
  #grow(): void {
    const keys = this.#keys
    const values = this.#values
    this.#keys = new Uint32Array(keys.length * 8)
    this.#values = new Uint32Array(keys.length * 8)
    this.#size = 0
    for (let i = 0; i < keys.length; i++) if (keys[i] !== 0) this.set(keys[i], values[i])
  }
}

/** Neighbours stay near each other, for the processor's cache. */
const spread = (address: number): number => (address ^ (address >>> 13)) >>> 0
