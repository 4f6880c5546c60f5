import { ENGINE_BASE, GUEST_MIN, type GuestMemory, NEAR_BASE, NEAR_END, PAGE, Perm } from '@bootgraph/cpu'
import { E } from '../abi/error.ts'
import type { MemoryBudget } from './memory-budget.ts'

/** What a file must offer to be mapped. */
export interface Mappable {
  read(into: Uint8Array, offset: number): number
  write(from: Uint8Array, offset: number): number
  size(): number
  /** Copies bytes that are there, any time later; undefined where the content may change by then. */
  later?(): ((offset: number, into: Uint8Array) => void) | undefined
  /** Its pages are zero when it is mapped, and need not be there until they are touched. */
  readonly blank?: boolean
  /** The address spaces that have it as shared memory. */
  readonly mappers: Set<AddressSpace>
  /** The address spaces that have any mapping of it. */
  readonly holders: Set<AddressSpace>
  /** Makes sure of room for what several write into it; false if the budget has none. */
  claim?(): boolean
  /** Told when a space has no mapping of it any more. */
  expire?(): void
}

/** A mapped range of one permission and one origin. Addresses and lengths are multiples of the page size. */
export interface Grant {
  start: number
  end: number
  perm: number
  shared: boolean
  /** False while no permission ever allowed a write and no file was copied in: such pages are zero still. */
  dirty: boolean
  file: Mappable | undefined
  /** Offset in the file of `start`. */
  offset: number
  name: string
}

/** Placement of mappings without an address starts here and goes up: first fit, the same in every run. */
export const MMAP_BASE = NEAR_END
const ACCESS = Perm.read | Perm.write | Perm.exec
const pages = (length: number) => Math.ceil(length / PAGE) * PAGE
/** Bytes that are compared and passed on at once. */
const PIECE = 0x1_0000
const ZEROES = new Uint8Array(PIECE)
const scratch = new Uint8Array(PIECE)

/** Whether a range touches what the engine has within the guest's space. */
export const isEngine = (start: number, size: number): boolean => start < NEAR_END && start + size > NEAR_BASE
const inGuest = (start: number, size: number): boolean => start >= GUEST_MIN && start + size <= ENGINE_BASE && !isEngine(start, size)

/** The grants of one guest memory. Results are addresses or 0; failures are -errno (POSIX mmap, munmap, mprotect). */
export class AddressSpace {
  readonly memory: GuestMemory
  /** In the order of their addresses; none overlaps another. */
  readonly grants: Grant[] = []
  /** What it has as shared memory. */
  private readonly shared = new Set<Mappable>()
  private readonly budget: MemoryBudget
  /** Told of every range whose code may have changed. */
  codeChanged: (address: number, length: number) => void = () => {}

  constructor(memory: GuestMemory, budget: MemoryBudget) {
    this.memory = memory
    this.budget = budget
  }

  find(address: number): Grant | undefined {
    const grant = this.grants[this.firstBehind(address)]
    return grant !== undefined && grant.start <= address ? grant : undefined
  }

  map(
    address: number,
    length: number,
    perm: number,
    options: { shared?: boolean; fixed?: 'replace' | 'noreplace' | undefined; file?: Mappable; offset?: number; name?: string } = {},
  ): number {
    const { shared = false, fixed, file, offset = 0, name = '' } = options
    if (!(length > 0) || offset % PAGE !== 0 || offset < 0) return -E.INVAL
    const size = pages(length)
    if (size > ENGINE_BASE) return -E.NOMEM
    let start = address
    if (fixed !== undefined) {
      if (address % PAGE !== 0) return -E.INVAL
      if (!inGuest(address, size)) return fixed === 'replace' ? -E.NOMEM : -E.INVAL
      if (fixed === 'noreplace' && !this.free(address, size)) return -E.EXIST
    } else {
      start = Math.floor(address / PAGE) * PAGE
      if (!inGuest(start, size) || !this.free(start, size)) start = this.place(size)
      if (start === 0) return -E.NOMEM
    }
    const charge = perm & ACCESS ? size : 0
    if (shared && file !== undefined && this.shared.has(file) && file.claim?.() === false) return -E.NOMEM
    if (!this.budget.take(charge)) return -E.NOMEM
    if (fixed === 'replace') this.unmap(start, size)
    if (shared && file !== undefined && this.shared.has(file)) this.giveUp(file)
    const grant: Grant = { start, end: start + size, perm, shared, dirty: (perm & ACCESS) !== 0 || file !== undefined, file, offset, name }
    this.insert(grant)
    file?.holders.add(this)
    if (shared && file !== undefined) this.share(file)
    this.memory.protect(start, size, perm === 0 ? Perm.mapped : perm)
    if (shared && file !== undefined && (file.mappers.size > 1 || file.blank)) this.lend(grant, file)
    else if (file !== undefined) {
      const wanted = Math.max(0, Math.min(length, file.size() - offset))
      const later = shared && perm & Perm.write ? undefined : file.later?.()
      if (wanted > 0 && later !== undefined)
        this.memory.defer(start, pages(wanted), (behind, into) => later(offset + behind, into.subarray(0, wanted - behind)))
      else if (wanted > 0) file.read(this.memory.bytes(start, wanted), offset)
    }
    if (perm & Perm.exec) this.codeChanged(start, size)
    return start
  }

  unmap(address: number, length: number): number {
    if (address % PAGE !== 0 || !(length > 0) || address + length > ENGINE_BASE) return -E.INVAL
    const end = address + pages(length)
    for (const grant of this.cut(address, end)) {
      this.writeBack(grant)
      this.grants.splice(this.firstBehind(grant.start), 1)
      this.letGo(grant.file)
      if (grant.perm & ACCESS) this.budget.take(grant.start - grant.end)
      if (grant.dirty) this.memory.clear(grant.start, grant.end - grant.start)
      this.memory.protect(grant.start, grant.end - grant.start, 0)
      if (grant.perm & Perm.exec) this.codeChanged(grant.start, grant.end - grant.start)
    }
    return 0
  }

  protect(address: number, length: number, perm: number): number {
    if (address % PAGE !== 0) return -E.INVAL
    if (length === 0) return 0
    const end = address + pages(length)
    if (!this.covered(address, end)) return -E.NOMEM
    let growth = 0
    const parts = this.cut(address, end)
    for (const { start, end, perm: old } of parts) growth += (perm & ACCESS ? end - start : 0) - (old & ACCESS ? end - start : 0)
    if (!this.budget.take(growth)) return -E.NOMEM
    for (const grant of parts) {
      const code = (grant.perm | perm) & Perm.exec
      if (!(perm & Perm.write)) this.writeBack(grant)
      grant.perm = perm
      if (perm & ACCESS) grant.dirty = true
      this.memory.protect(grant.start, grant.end - grant.start, perm === 0 ? Perm.mapped : perm)
      if (code) this.codeChanged(grant.start, grant.end - grant.start)
    }
    return 0
  }

  /** Grows, shrinks or moves one grant (mremap(2)). */
  remap(address: number, oldLength: number, newLength: number, mayMove: boolean, fixedAt?: number): number {
    if (address % PAGE !== 0 || !(newLength > 0) || !(oldLength > 0)) return -E.INVAL
    const from = pages(oldLength)
    const to = pages(newLength)
    const grant = this.find(address)
    if (grant === undefined || address + from > grant.end) return -E.FAULT
    if (fixedAt === undefined) {
      if (to <= from) {
        if (to < from) this.unmap(address + to, from - to)
        return address
      }
      if (grant.file === undefined && inGuest(address, to) && this.free(address + from, to - from)) {
        const grown = this.map(address + from, to - from, grant.perm, { shared: grant.shared, fixed: 'noreplace', name: grant.name })
        return grown < 0 ? grown : address
      }
      if (!mayMove) return -E.NOMEM
    }
    if (fixedAt !== undefined && fixedAt < address + from && address < fixedAt + to) return -E.INVAL
    const { perm, shared, name, file, offset } = grant
    const origin = file === undefined ? {} : { file, offset: offset + address - grant.start }
    const target = this.map(fixedAt ?? 0, to, perm, { shared, name, fixed: fixedAt === undefined ? undefined : 'replace', ...origin })
    if (target < 0) return target
    for (const place of [address, target]) this.memory.settle(place, Math.min(from, to))
    this.memory.u8.copyWithin(target, address, address + Math.min(from, to))
    if (perm & Perm.exec) this.codeChanged(target, to)
    this.unmap(address, from)
    return target
  }

  /** Writes shared file pages in the range back to their file; msync(2). */
  sync(address: number, length: number): number {
    if (address % PAGE !== 0) return -E.INVAL
    const end = address + pages(length)
    if (!this.covered(address, end)) return -E.NOMEM
    for (const grant of this.grants) if (grant.start < end && address < grant.end) this.writeBack(grant)
    return 0
  }

  /** Gives private anonymous pages back as zeroes (MADV_DONTNEED); file pages are read anew. */
  discard(address: number, length: number): number {
    if (address % PAGE !== 0) return -E.INVAL
    const end = address + pages(length)
    if (!this.covered(address, end)) return -E.NOMEM
    for (const grant of this.grants) {
      const from = Math.max(grant.start, address)
      const to = Math.min(grant.end, end)
      if (from >= to || grant.shared) continue
      this.memory.settle(from, to - from)
      this.memory.u8.fill(0, from, to)
      const offset = grant.offset + from - grant.start
      const wanted = grant.file === undefined ? 0 : Math.min(to - from, grant.file.size() - offset)
      if (wanted > 0) grant.file?.read(this.memory.bytes(from, wanted), offset)
      if (grant.perm & Perm.exec) this.codeChanged(from, to - from)
    }
    return 0
  }

  /**
   * Behind its turn a space has no pages of memory that several share: what it has written goes to the file, and each page comes anew from there
   * when it is touched in a later turn.
   */
  publish(): void {
    for (const file of this.shared) if (file.mappers.size > 1) this.giveUp(file)
  }

  /** Brings all such pages in, for host code that has looked at its pointers in an earlier turn. */
  settle(): void {
    for (const file of this.shared) {
      if (file.mappers.size < 2) continue
      for (const { start, end } of this.grantsOf(file)) this.memory.settle(start, end - start)
    }
  }

  /** Shared pages of `file` are brought to the file before someone reads it … */
  flush(file: Mappable): void {
    for (const grant of this.grantsOf(file)) this.writeBack(grant)
  }

  /** … and from the file after someone wrote [offset, offset + length). */
  refresh(file: Mappable, offset: number, length: number): void {
    for (const grant of this.grantsOf(file)) {
      // What is absent of memory that several share comes from the file as it is then; else perhaps from what the file was.
      if (file.mappers.size < 2) this.memory.settle(grant.start, grant.end - grant.start)
      for (const { start, end } of this.memory.present(grant.start, grant.end - grant.start)) {
        const from = Math.max(offset, grant.offset + start - grant.start)
        const to = Math.min(offset + length, grant.offset + end - grant.start)
        if (from < to) file.read(this.memory.bytes(grant.start + from - grant.offset, to - from), from)
      }
    }
  }

  /** Copies every mapped page into `child`, as fork does. False if the budget does not allow it. */
  copyTo(child: AddressSpace): boolean {
    for (const file of this.shared) if (file.claim?.() === false) return false
    let need = 0
    for (const { start, end, perm } of this.grants) if (perm & ACCESS) need += end - start
    if (!this.budget.take(need)) return false
    for (const file of this.shared) child.share(file)
    for (const grant of this.grants) {
      child.grants.push({ ...grant })
      grant.file?.holders.add(child)
      if (grant.dirty) this.memory.copyTo(child.memory, grant.start, grant.end)
      child.memory.protect(grant.start, grant.end - grant.start, grant.perm === 0 ? Perm.mapped : grant.perm)
    }
    for (const file of this.shared) child.giveUp(file)
    return true
  }

  /** Ends the space: shared pages reach their files and the budget gets its bytes back. Gives the ranges that are not zero. */
  release(): readonly Pick<Grant, 'start' | 'end'>[] {
    for (const grant of this.grants) {
      this.writeBack(grant)
      if (grant.perm & ACCESS) this.budget.take(grant.start - grant.end)
    }
    const all = this.grants.splice(0)
    for (const file of new Set(all.map((grant) => grant.file))) this.letGo(file)
    return all.filter(({ dirty }) => dirty)
  }

  private grantsOf(file: Mappable): readonly Grant[] {
    return this.grants.filter((grant) => grant.file === file && grant.shared)
  }
  private share(file: Mappable): void {
    this.shared.add(file)
    file.mappers.add(this)
    if (file.mappers.size === 2) for (const other of file.mappers) if (other !== this) other.giveUp(file)
  }
  /** A grant of the file is gone. */
  private letGo(file: Mappable | undefined): void {
    if (file === undefined) return
    if (this.grantsOf(file).length === 0) {
      this.shared.delete(file)
      file.mappers.delete(this)
    }
    if (this.grants.some((grant) => grant.file === file)) return
    file.holders.delete(this)
    file.expire?.()
  }
  private giveUp(file: Mappable): void {
    for (const grant of this.grantsOf(file)) {
      if (grant.perm & Perm.write) this.passOn(grant, file)
      this.lend(grant, file)
    }
  }
  /** From now on the grant's pages are absent, and come from the file as it is when they are touched. */
  private lend({ start, end, offset, perm }: Grant, file: Mappable): void {
    for (const range of file.blank && file.mappers.size < 2 ? [] : this.memory.present(start, end - start)) {
      for (let at = range.start; at < range.end; at += PIECE) {
        const bytes = this.memory.bytes(at, Math.min(PIECE, range.end - at))
        // What was never written costs the host nothing, and is to stay so.
        if (!equal(bytes, ZEROES.subarray(0, bytes.length))) bytes.fill(0)
      }
      if (perm & Perm.exec) this.codeChanged(range.start, range.end - range.start)
    }
    this.memory.defer(start, end - start, (behind, into) => {
      const there = Math.max(0, Math.min(into.length, file.size() - offset - behind))
      file.read(into.subarray(0, there), offset + behind)
    })
  }

  private writeBack(grant: Grant): void {
    const { start, end, file, offset } = grant
    if (file === undefined || !grant.shared || !(grant.perm & Perm.write)) return
    if (file.mappers.size > 1) this.passOn(grant, file)
    // What nobody else has goes with its only pages.
    if (file.mappers.size > 1 || file.blank) return
    const length = Math.min(end - start, file.size() - offset)
    if (length <= 0) return
    this.memory.settle(start, length)
    file.write(this.memory.bytes(start, length), offset)
  }
  /** Gives the file what differs of the pages that are there. */
  private passOn({ start, end, offset }: Grant, file: Mappable): void {
    const limit = Math.min(end, start + file.size() - offset)
    for (const range of this.memory.present(start, end - start)) {
      const until = Math.min(range.end, limit)
      for (let at = range.start; at < until; at += PIECE) {
        const bytes = this.memory.bytes(at, Math.min(PIECE, until - at))
        const before = scratch.subarray(0, bytes.length).fill(0)
        file.read(before, offset + at - start)
        if (!equal(before, bytes)) file.write(bytes, offset + at - start)
      }
    }
  }

  /** Index of the first grant that ends behind `address`. */
  private firstBehind(address: number): number {
    let low = 0
    for (let high = this.grants.length; low < high; ) {
      const middle = (low + high) >>> 1
      if (this.grants[middle].end > address) high = middle
      else low = middle + 1
    }
    return low
  }

  private free(start: number, size: number): boolean {
    const grant = this.grants[this.firstBehind(start)]
    return grant === undefined || grant.start >= start + size
  }

  private covered(start: number, end: number): boolean {
    let at = start
    for (let i = this.firstBehind(start); at < end; i++) {
      const grant = this.grants[i]
      if (grant === undefined || grant.start > at) return false
      at = grant.end
    }
    return true
  }

  private place(size: number): number {
    let at = MMAP_BASE
    for (let i = this.firstBehind(at); i < this.grants.length; i++) {
      const grant = this.grants[i]
      if (grant.start >= at + size) break
      at = grant.end
    }
    return at + size <= ENGINE_BASE ? at : 0
  }

  private insert(grant: Grant): void {
    this.grants.splice(this.firstBehind(grant.start), 0, grant)
  }

  /** Splits grants at both ends of the range and gives those inside. */
  private cut(start: number, end: number): Grant[] {
    for (const edge of [start, end]) {
      const grant = this.find(edge)
      if (grant === undefined || grant.start === edge) continue
      const behind = { ...grant, start: edge, offset: grant.offset + edge - grant.start }
      grant.end = edge
      this.insert(behind)
    }
    return this.grants.slice(this.firstBehind(start), this.firstBehind(end))
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  const words = a.length >>> 2
  const [left, right] = [a, b].map(({ buffer, byteOffset }) => new Int32Array(buffer, byteOffset, words))
  for (let i = 0; i < words; i++) if (left[i] !== right[i]) return false
  for (let i = words << 2; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
