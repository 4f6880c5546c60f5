const MASK = 0xffff_ffff_ffff_ffffn

/** The node's only randomness: splitmix64 over the seed (Steele, Lea, Flood 2014). Not for secrets; the same seed gives the same bytes. */
export class Random {
  private state: bigint

  constructor(seed: number) {
    this.state = BigInt(Math.trunc(seed)) & MASK
  }

  next(): bigint {
    this.state = (this.state + 0x9e37_79b9_7f4a_7c15n) & MASK
    let z = this.state
    z = ((z ^ (z >> 30n)) * 0xbf58_476d_1ce4_e5b9n) & MASK
    z = ((z ^ (z >> 27n)) * 0x94d0_49bb_1331_11ebn) & MASK
    return z ^ (z >> 31n)
  }

  fill(into: Uint8Array): void {
    for (let at = 0; at < into.length; at += 8) {
      let word = this.next()
      for (let i = at; i < Math.min(at + 8, into.length); i++) {
        into[i] = Number(word & 0xffn)
        word >>= 8n
      }
    }
  }
}
