/**
 * Guest memory: one WebAssembly.Memory per address space, in which a guest address *is* a wasm address.
 *
 * Layout (addresses in bytes):
 *   0x0000_0000 .. 0x0000_FFFF   never mapped for the guest; the engine's state block begins it, for short offsets in translations
 *   0x0001_0000 .. NEAR_BASE     the guest's
 *   NEAR_BASE .. NEAR_END         the engine's tables that code looks things up in: page permissions, where code is, slots of translations
 *   NEAR_END .. ENGINE_BASE       the guest's
 *   ENGINE_BASE .. ENGINE_END     the engine's: predecoded code
 *   ENGINE_END .. 4 GiB           not backed: tiny negative addresses trap for free
 *
 * This class is the only accessor of guest memory. It reserves everything at construction and never grows, so its views
 * stay valid for the life of the address space.
 */

/** Page size of the guest, bytes. */
export const PAGE = 4096
/** Number of wasm pages (64 KiB each) that back an address space. */
const WASM_PAGES = 65_520
/** The engine's state block (registers, rip, flags, fuel). */
export const STATE_BASE = 0
/** First address of the engine's own area; guest mappings end below it. */
export const ENGINE_BASE = 0xe910_0000
export const ENGINE_END = WASM_PAGES * 0x1_0000
/** An island in the guest's space: an instruction of the host has no place for an offset of 2 GiB and more. Mappings without an address of their own are placed above it. */
export const NEAR_BASE = 0x1b00_0000
export const NEAR_END = 0x2000_0000
/** One permission byte per guest page, 1 MiB. */
export const PERMISSION_TABLE = NEAR_BASE
/** Lowest address that a guest mapping may have. */
export const GUEST_MIN = 0x1_0000

/** Permission bits of a page. */
export const Perm = {
  none: 0,
  read: 1,
  write: 2,
  exec: 4,
  /** The page holds hosted-call gates: `0F 3F id32` is an instruction here and #UD anywhere else. */
  gate: 8,
  /** The page is mapped (even if its permissions are none); kept apart so that guard pages differ from holes. */
  mapped: 16,
  /** Derived: absent where what starts anywhere in this page may be read for up to a page without a further check, as the next page is readable, too. */
  slowRead: 32,
  /** Derived: the same for reads and writes. */
  slowWrite: 64,
  /** The page's bytes come from elsewhere when it is first touched; always with the derived bits. */
  absent: 128,
} as const

const WRITE_EXEC = Perm.write | Perm.exec
const SLOW = Perm.slowRead | Perm.slowWrite

/** Pages that are filled together when one of them is touched, at most. */
const TOGETHER = 4

/** Fills `into`, zeroes till then, with the bytes that begin `offset` bytes behind the deferred range's start. Throws if they cannot be had. */
export type Fill = (offset: number, into: Uint8Array) => void
interface Deferred {
  readonly first: number
  readonly end: number
  readonly fill: Fill
}

export class GuestMemory {
  readonly memory: WebAssembly.Memory
  readonly u8: Uint8Array
  readonly view: DataView
  readonly permissions: Uint8Array
  /** Goes up whenever a page can no longer be read or written as before: what was checked earlier is to be checked again. */
  losses = 0
  /** Told of a range that may be written from now on, whose code may have been decoded. */
  rewritable: (address: number, length: number) => void = () => {}
  /** By page numbers; a later one hides an earlier one. */
  #deferred: Deferred[] = []
  /**
   * Pages that may be written and executed. The table shows one of the two at a time, and turns when the other is asked for: so the first
   * write after an execution is seen.
   */
  readonly #both = new Set<number>()

  constructor() {
    this.memory = new WebAssembly.Memory({ initial: WASM_PAGES, maximum: WASM_PAGES })
    this.u8 = new Uint8Array(this.memory.buffer)
    this.view = new DataView(this.memory.buffer)
    this.permissions = this.u8.subarray(PERMISSION_TABLE, PERMISSION_TABLE + (1 << 20)).fill(SLOW)
  }

  /** Sets the permissions of whole pages. `perm` = 0 unmaps; else `Perm.mapped` is implied. Keeps the derived bits right. */
  protect(address: number, length: number, perm: number): void {
    const first = address >>> 12
    const last = Math.ceil((address + length) / PAGE)
    const both = (perm & WRITE_EXEC) === WRITE_EXEC
    const base = perm === 0 ? 0 : (perm & (both ? 15 & ~Perm.exec : 15)) | Perm.mapped
    for (let page = first; page < last; page++) {
      if (both) this.#both.add(page)
      else if (this.#both.size > 0) this.#both.delete(page)
      const before = this.permissions[page]
      if (before & ~base & (Perm.read | Perm.write)) this.losses++
      this.permissions[page] = base === 0 ? SLOW : base | SLOW | (before & Perm.absent)
    }
    this.#derive(first, last)
  }
  #derive(first: number, last: number): void {
    const { permissions } = this
    for (let page = Math.max(first - 1, 0); page < last; page++) {
      const here = permissions[page]
      const next = permissions[page + 1]
      const both = (here | next) & Perm.absent ? 0 : here & next
      const slow = both & Perm.read ? (both & Perm.write ? 0 : Perm.slowWrite) : SLOW
      permissions[page] = (here & ~SLOW) | slow
    }
  }

  /** Makes a page executable instead of writable, or the other way round, if it is both. */
  #turn(page: number, perm: number): boolean {
    const { permissions } = this
    const lacks = perm & ~permissions[page]
    if ((lacks !== Perm.exec && lacks !== Perm.write) || !this.#both.has(page)) return false
    permissions[page] ^= WRITE_EXEC
    this.losses++
    this.#derive(page, page + 1)
    if (lacks === Perm.write) this.rewritable(page * PAGE, PAGE)
    return true
  }
  /** Whether what is at an address may change without a change of permissions. */
  mayChange(address: number): boolean {
    const page = address >>> 12
    return (this.permissions[page] & Perm.write) !== 0 || this.#both.has(page)
  }

  /** Leaves whole pages, which are zero and stay unmapped or not as they are, to be filled when they are first touched from now on. */
  defer(address: number, length: number, fill: Fill): void {
    const first = address >>> 12
    const end = (address + length) / PAGE
    this.#deferred = this.#deferred.filter((each) => each.first < first || each.end > end)
    this.#deferred.push({ first, end, fill })
    for (let page = first; page < end; page++) this.permissions[page] |= Perm.absent
    this.losses++
    this.#derive(first, end)
  }
  /** Fills what is absent of a range; who looks at bytes without asking `accessible` needs it. */
  settle(address: number, length: number): void {
    const first = address >>> 12
    const end = Math.ceil((address + length) / PAGE)
    for (let page = first; page < end; page++) if (this.permissions[page] & Perm.absent) this.#bring(page, first, end)
  }
  /** Those of whole pages that are not absent, as ranges of addresses. */
  *present(address: number, length: number): Generator<{ readonly start: number; readonly end: number }> {
    const { permissions } = this
    const end = (address + length) / PAGE
    for (let page = address >>> 12; page < end; page++) {
      if (permissions[page] & Perm.absent) continue
      const start = page
      while (page < end && !(permissions[page] & Perm.absent)) page++
      yield { start: start * PAGE, end: page * PAGE }
    }
  }
  /** Makes whole pages zero; what is absent of them does not come any more. */
  clear(address: number, length: number): void {
    const { permissions } = this
    const first = address >>> 12
    const end = Math.ceil((address + length) / PAGE)
    for (let page = first; page < end; ) {
      const absent = permissions[page] & Perm.absent
      const from = page
      for (; page < end && (permissions[page] & Perm.absent) === absent; page++) permissions[page] &= ~Perm.absent
      if (!absent) this.u8.fill(0, from * PAGE, page * PAGE)
    }
    this.#deferred = this.#deferred.filter((each) => each.first < first || each.end > end)
    this.#derive(first, end)
  }
  /** Forgets what was mapped and deferred, and the engine's state; bytes of pages are cleared by who knows where they are. */
  reset(): void {
    this.permissions.fill(SLOW)
    this.#deferred = []
    this.#both.clear()
    this.u8.fill(0, STATE_BASE, GUEST_MIN)
  }
  /** Fills a page and those beside it from `low` to before `high` that are absent and come from the same place. */
  #bring(page: number, low = page - (page % TOGETHER), high = low + TOGETHER): void {
    const { permissions } = this
    const at = this.#deferred.findLastIndex(({ first, end }) => first <= page && page < end)
    if (at < 0) throw new Error(`page ${page.toString(16)} is absent and nothing fills it`)
    const source = this.#deferred[at]
    let start = Math.max(low, source.first)
    let end = Math.min(high, source.end)
    for (const later of this.#deferred.slice(at + 1)) {
      if (later.end <= page) start = Math.max(start, later.end)
      else end = Math.min(end, later.first)
    }
    let from = page
    let to = page + 1
    while (from > start && permissions[from - 1] & Perm.absent) from--
    while (to < end && permissions[to] & Perm.absent) to++
    source.fill((from - source.first) * PAGE, this.bytes(from * PAGE, (to - from) * PAGE))
    for (let each = from; each < to; each++) permissions[each] &= ~Perm.absent
    this.#derive(from, to)
  }
  /** Copies whole pages to the same place of another memory, whose pages are zero; what is absent here is absent there. */
  copyTo(other: GuestMemory, start: number, end: number): void {
    for (let at = start; at < end; ) {
      const absent = this.permissions[at >>> 12] & Perm.absent
      let to = at + PAGE
      while (to < end && (this.permissions[to >>> 12] & Perm.absent) === absent) to += PAGE
      if (absent) {
        other.#deferred = [...this.#deferred]
        for (let page = at >>> 12; page < to >>> 12; page++) other.permissions[page] |= Perm.absent
      } else other.u8.set(this.bytes(at, to - at), at)
      at = to
    }
  }

  /** True if every byte of the range has all bits of `perm`, and then all are there. An empty range is always accessible. */
  accessible(address: number, length: number, perm: number): boolean {
    if (length === 0) return true
    if (address < 0 || address + length > ENGINE_BASE) return false
    const last = Math.floor((address + length - 1) / PAGE)
    for (let page = Math.floor(address / PAGE); page <= last; page++) {
      const bits = this.permissions[page]
      if ((bits & perm) !== perm && !this.#turn(page, perm)) return false
      if (bits & Perm.absent) this.#bring(page)
    }
    return true
  }

  /** The bytes around an address, from `low` at the lowest to before `high` at the most, that are there and may be read and written: pages as a whole. Empty if the address is none of them. */
  writableAround(address: number, low: number, high: number): { readonly start: number; readonly end: number } {
    const { permissions } = this
    const wanted = Perm.read | Perm.write
    const is = (page: number): boolean => (permissions[page] & (wanted | Perm.absent)) === wanted
    const page = address >>> 12
    let start = page
    let end = page
    while (end * PAGE < high && is(end)) end++
    while (end > page && start * PAGE > low && is(start - 1)) start--
    return { start: start * PAGE, end: end * PAGE }
  }

  /** How many of the `limit` bytes from an address can be fetched as code. */
  fetchable(address: number, limit: number): number {
    let length = 0
    while (length < limit) {
      const page = (address + length) >>> 12
      const bits = address + length < ENGINE_BASE ? this.permissions[page] : 0
      if (!(bits & Perm.exec) && !this.#turn(page, Perm.exec)) break
      if (bits & Perm.absent) this.#bring(page)
      length = Math.min(limit, PAGE - ((address + length) & (PAGE - 1)) + length)
    }
    return length
  }

  /** A live view, not a copy. The caller has checked the range. */
  bytes(address: number, length: number): Uint8Array {
    return this.u8.subarray(address, address + length)
  }
  getU8(address: number): number {
    return this.u8[address]
  }
  setU8(address: number, value: number): void {
    this.u8[address] = value
  }
  getU16(address: number): number {
    return this.view.getUint16(address, true)
  }
  setU16(address: number, value: number): void {
    this.view.setUint16(address, value, true)
  }
  getU32(address: number): number {
    return this.view.getUint32(address, true)
  }
  setU32(address: number, value: number): void {
    this.view.setUint32(address, value, true)
  }
  getI32(address: number): number {
    return this.view.getInt32(address, true)
  }
  setI32(address: number, value: number): void {
    this.view.setInt32(address, value, true)
  }
  getU64(address: number): bigint {
    return this.view.getBigUint64(address, true)
  }
  setU64(address: number, value: bigint): void {
    this.view.setBigUint64(address, value, true)
  }
  /** A 64-bit value as a number; exact below 2^53. */
  getSize(address: number): number {
    return this.view.getUint32(address, true) + this.view.getUint32(address + 4, true) * 0x1_0000_0000
  }
  /** Writes a whole number of less than 2^53 in size as 64 bits. */
  setSize(address: number, value: number): void {
    this.view.setUint32(address, value, true)
    this.view.setUint32(address + 4, Math.floor(value / 0x1_0000_0000), true)
  }
  getF64(address: number): number {
    return this.view.getFloat64(address, true)
  }
  setF64(address: number, value: number): void {
    this.view.setFloat64(address, value, true)
  }
  /** Address of the NUL that ends the string at `address`; -1 if it runs out of readable memory first. */
  cstrEnd(address: number): number {
    let page = address >>> 12
    let from = address
    while (page < ENGINE_BASE >>> 12 && this.permissions[page] & Perm.read) {
      if (this.permissions[page] & Perm.absent) this.#bring(page)
      const limit = (page + 1) * PAGE
      const end = this.u8.subarray(from, limit).indexOf(0)
      if (end >= 0) return from + end
      from = limit
      page++
    }
    return -1
  }
}
