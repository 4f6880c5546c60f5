/** The dynamic linker's port on one process: files by guest path, pages of its address space. */
import { createHash } from 'node:crypto'
import { type Cpu, Perm } from '@bootgraph/cpu'
import { type Context, type Inode, type Kernel, type ProcessState, walk } from '@bootgraph/kernel'
import { functionAt, type LoaderFile, type LoaderPort, type MappedObject, type MissingSymbol, PF_GATE } from '@bootgraph/ld-so'
import { Pf } from '@bootgraph/ld-so/elf'
import type { DigestedLayer } from '../host/tree-layer.ts'

/** Text and data of objects go here upward, the same in every run. */
export const OBJECTS = 0x4000_0000
const PAGE = 4096

export interface LoaderPortOptions {
  missing(symbol: MissingSymbol): number | 'null' | 'fail'
  /** As the linker's port asks for them. */
  withheld?(name: string, object: string): boolean
  ability(name: string, object: string): boolean
  hasAbility(name: string): boolean
  /** Time is taken apart by object. */
  working?(what: string, object: string): void
  trace?(line: string): void
}

/** Bytes of a program or library, at most: what is larger is nearly all hole, and to read it whole would take for ever. */
export const LARGEST = 2 ** 31

export function loaderPort(kernel: Kernel, cx: Context, options: LoaderPortOptions): LoaderPort {
  const { calls } = kernel
  const process = cx.process as ProcessState
  const { space, cpu } = process
  let next = OBJECTS
  const take = (address: number, length: number) => calls.mmap(cx, address, length, Perm.none, false, 'noreplace', -1, 0)
  return {
    memory: cpu.memory,
    open(path) {
      const place = walk(process.root, process.cwd, path, true)
      if (typeof place === 'number' || !place.inode?.isFile || place.inode.size() > LARGEST) return undefined
      return loaderFile(path, place.inode)
    },
    reserve(address, length, align) {
      if (address !== 0) return take(address, length) < 0 ? undefined : address
      const at = Math.ceil(next / Math.max(align, PAGE)) * Math.max(align, PAGE)
      if (take(at, length) < 0) {
        const anywhere = calls.mmap(cx, 0, length, Perm.none, false, undefined, -1, 0)
        return anywhere < 0 ? undefined : anywhere
      }
      next = at + Math.ceil(length / PAGE) * PAGE
      return at
    },
    defer: (address, length, fill) => cpu.memory.defer(address, length, fill),
    settle: (address, length) => cpu.memory.settle(address, length),
    release: (address, length) => void calls.munmap(cx, address, length),
    protect(address, length, flags) {
      const perm =
        (flags & Pf.r ? Perm.read : 0) |
        (flags & Pf.w ? Perm.write : 0) |
        (flags & Pf.x ? Perm.exec : 0) |
        (flags & PF_GATE ? Perm.gate : 0)
      space.protect(address, length, perm)
    },
    missing: options.missing,
    ...(options.withheld ? { withheld: options.withheld } : {}),
    ability: options.ability,
    has: options.hasAbility,
    ...(options.working ? { working: options.working } : {}),
    mapped: (object) => announceCode(cpu, object),
    ...(options.trace ? { trace: options.trace } : {}),
  }
}

/** Tells the engine where an object's functions are. */
export function announceCode(cpu: Cpu, object: MappedObject): void {
  const { path, digest, base, start, end } = object
  const { memory } = cpu
  cpu.moduleLoaded({
    name: path,
    digest,
    loadBias: base,
    textStart: start,
    textEnd: end,
    functionAt: (address) => functionAt(memory.view, object, address, (at, bytes) => memory.settle(at, bytes)),
  })
}

const digests = new WeakMap<Inode, string>()

/** A file of the guest as the linker reads it; its digest is the layer's, or computed once. */
function loaderFile(path: string, inode: Inode): LoaderFile {
  const { source } = inode
  const layer = source?.layer as DigestedLayer | undefined
  const later = layer?.later?.(source!.path)
  return {
    path,
    identity: inode,
    size: inode.size(),
    get digest() {
      let digest = digests.get(inode)
      if (digest === undefined) {
        digest = layer?.digest?.(source!.path) ?? sha256(inode)
        digests.set(inode, digest)
      }
      return digest
    },
    read: (offset, into) => inode.read(into, offset),
    ...(later ? { later } : {}),
  }
}

function sha256(inode: Inode): string {
  const hash = createHash('sha256')
  const piece = new Uint8Array(1 << 20)
  for (let at = 0, got = 1; got > 0; at += got) {
    got = inode.read(piece, at)
    hash.update(piece.subarray(0, got))
  }
  return hash.digest('hex')
}
