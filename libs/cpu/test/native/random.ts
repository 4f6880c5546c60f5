/** A seeded generator (mulberry32) and the values that instructions trip over. */
export class Random {
  #state: number
  constructor(seed: number) {
    this.#state = seed | 0
  }
  u32(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return (t ^ (t >>> 14)) >>> 0
  }
  u64(): bigint {
    return (BigInt(this.u32()) << 32n) | BigInt(this.u32())
  }
  /** 0 .. n - 1. */
  below(n: number): number {
    return this.u32() % n
  }
  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]
  }
  chance(percent: number): boolean {
    return this.below(100) < percent
  }
}

const EDGES: readonly bigint[] = [8n, 16n, 32n, 64n].flatMap((bits) => [
  1n << (bits - 1n),
  (1n << (bits - 1n)) - 1n,
  (1n << bits) - 1n,
  1n << (bits & 63n),
])

/** An integer: an edge of some width, a small one, a sparse or a random one. */
export function integer(random: Random): bigint {
  switch (random.below(8)) {
    case 0:
      return 0n
    case 1:
      return random.pick(EDGES)
    case 2:
      return BigInt.asUintN(64, random.pick(EDGES) - BigInt(random.below(3)))
    case 3:
      return BigInt(random.below(72))
    case 4:
      return BigInt.asUintN(64, -BigInt(random.below(72)))
    case 5:
      return 1n << BigInt(random.below(64))
    default:
      return random.u64()
  }
}

const SINGLES: readonly number[] = [
  0, 0x8000_0000, 0x3f80_0000, 0xbf80_0000, 0x7f80_0000, 0xff80_0000, 0x7fc0_0000, 0xffc0_0000, 0x7fc1_2345, 0xffc5_4321, 0x7f80_0001,
  0xff80_0001, 0x7fa1_2345, 1, 0x8000_0001, 0x007f_ffff, 0x0080_0000, 0x8080_0000, 0x7f7f_ffff, 0xff7f_ffff, 0x3f00_0000, 0x3fc0_0000,
  0x4f00_0000, 0xcf00_0000, 0x4eff_ffff, 0x5f00_0000, 0xdf00_0000, 0x4b7f_ffff, 0x4020_0000, 0x3f7f_ffff, 0x3f80_0001, 0x0100_0000,
]

export function single(random: Random): number {
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:
      return random.pick(SINGLES)
    // Near one another, so that sums cancel and products stay in range.
    case 3:
    case 4:
      return ((random.u32() & 0x807f_ffff) | ((0x7f - 8 + random.below(16)) << 23)) >>> 0
    case 5:
      return ((random.u32() & 0x8000_0000) | (random.below(2) ? random.below(16) << 20 : random.u32() & 0x00ff_ffff)) >>> 0
    default:
      return random.u32()
  }
}

const DOUBLES: readonly bigint[] = [
  0n,
  1n << 63n,
  0x3ff0n << 48n,
  0xbff0n << 48n,
  0x7ff0n << 48n,
  0xfff0n << 48n,
  0x7ff8n << 48n,
  0xfff8n << 48n,
  0x7ff8_0000_0001_2345n,
  0xfffc_0000_0000_4321n,
  0x7ff0_0000_0000_0001n,
  0xfff0_0000_0000_0001n,
  0x7ff4_0000_0000_0000n,
  1n,
  (1n << 63n) + 1n,
  0x000f_ffff_ffff_ffffn,
  0x0010_0000_0000_0000n,
  0x7fef_ffff_ffff_ffffn,
  0xffef_ffff_ffff_ffffn,
  0x3fe0n << 48n,
  0x41e0n << 48n,
  0xc1e0n << 48n,
  0x41df_ffff_ffc0_0000n,
  0xc1e0_0000_001f_ffffn,
  0xc1e0_0000_0020_0000n,
  0x43e0n << 48n,
  0xc3e0n << 48n,
  0x43df_ffff_ffff_ffffn,
  0x47ef_ffff_f000_0000n,
  0x380f_ffff_ffff_ffffn,
  0x3690n << 48n,
  0x3fef_ffff_ffff_ffffn,
  0x3ff0_0000_0000_0001n,
  0x4004n << 48n,
]

export function double(random: Random): bigint {
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:
      return random.pick(DOUBLES)
    case 3:
    case 4:
      return (random.u64() & 0x800f_ffff_ffff_ffffn) | (BigInt(0x3ff - 16 + random.below(32)) << 52n)
    // About the range of singles' edges, and few significant bits.
    case 5:
      return (random.u64() & 0x800f_ffff_ffff_ffffn) | (BigInt(random.pick([0x36a, 0x380, 0x381, 0x47e, 0x47f, 0x432, 0x41e])) << 52n)
    case 6:
      return (random.u64() & 0xfff8_0000_0000_0000n) >> BigInt(random.below(2) * 12)
    default:
      return random.u64()
  }
}

/** Ten bytes of an x87 register: normal numbers, extremes, infinities, NaNs, denormals and encodings that are no numbers. */
export function extended(random: Random): { sig: bigint; top: number } {
  const sign = random.below(2) << 15
  const one = 1n << 63n
  switch (random.below(10)) {
    case 0:
      return { sig: random.pick([0n, one, one | 1n, (1n << 64n) - 1n]), top: sign | 0x3fff }
    case 1:
      return { sig: random.pick([0n, 1n, one - 1n, one, random.u64() >> BigInt(random.below(64))]), top: sign }
    case 2:
      return {
        sig: random.pick([one, one | 1n, 3n << 62n, (3n << 62n) | 0x1234n, one | (1n << 61n), random.u64() | one]),
        top: sign | 0x7fff,
      }
    case 3:
      return { sig: random.u64(), top: random.u32() & 0xffff }
    case 4:
      return { sig: random.u64() | one, top: sign | random.pick([1, 2, 0x7ffe, 0x7ffd, 0x3f80, 0x3c00, 0x3c01, 0x43fe, 0x407e, 0x3f6a]) }
    case 5:
      return { sig: one | (BigInt(random.below(256)) << 55n), top: sign | (0x3fff - 4 + random.below(70)) }
    default:
      return { sig: random.u64() | one, top: sign | (0x3fff - 32 + random.below(64)) }
  }
}
