/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/dlfcn.h.html, and dl_iterate_phdr of <link.h>. */
import { Gpr } from '@bootgraph/cpu'
import { type Co, callGuest } from '@bootgraph/kernel'
import type { Linked, LoadedObject } from '../../platform/linker-port.ts'
import { platformOf } from '../../platform/platform.ts'
import { Thread } from '../../platform/thread-block.ts'
import { mapPages, PAGE } from '../../platform/threads.ts'
import { path, putString, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { callback, type HeaderTable, leaf } from '../../registry/define.ts'
import { intern } from './interned.ts'
import { linkOf } from './link-map.ts'

const NO_LINKER: Linked = { ok: false, error: 'dlopen: not served in a static image' }
const NOT_A_PATH: Linked = { ok: false, error: 'dlopen: bad address' }
/** dl_phdr_info: { addr @0, name @8, phdr @16, phnum u16 @24, adds @32, subs @40, tls_modid @48, tls_data @56 }. */
const PHDR_INFO = 64

/** The text stays in a page of the thread's own until dlerror hands it out. */
function settle(c: LibcCall, linked: Linked): number {
  if (linked.ok) return linked.value
  const slot = c.cx.threadPointer + Thread.dlerror
  let page = c.memory.getSize(slot)
  if (page === 0) {
    page = mapPages(c, 2 * PAGE)
    if (page === 0) return 0
    c.memory.setSize(slot, page)
  }
  c.memory.setU8(page, 1)
  putString(c, page + 8, 2 * PAGE - 8, linked.error.slice(0, PAGE / 4))
  return 0
}

function dlerror(c: LibcCall): number {
  const page = c.memory.getSize(c.cx.threadPointer + Thread.dlerror)
  if (page === 0 || c.memory.getU8(page) === 0) return 0
  c.memory.setU8(page, 0)
  return page + 8
}

/** The return address of the call at hand: who asks. */
const caller = (c: LibcCall): number => c.memory.getSize(c.state.low(Gpr.rsp))

/** What fs points to in the calling thread. */
const tlsPointer = (c: LibcCall): number => c.memory.getSize(c.cx.threadPointer + Thread.tls)

function* dlopen(c: LibcCall, name: number, flags: number): Co<number> {
  const { linker } = platformOf(c)
  if (linker === undefined) {
    c.gap('dlopen', 'dlopen in a static image')
    return settle(c, NO_LINKER)
  }
  const text = name === 0 ? undefined : path(c, name)
  if (name !== 0 && text === undefined) return settle(c, NOT_A_PATH)
  return settle(c, yield* linker.dlopen(text, flags, caller(c)))
}

function* dlsym(c: LibcCall, handle: number, name: number, version?: number): Co<number> {
  const { linker } = platformOf(c)
  const text = path(c, name)
  if (linker === undefined || text === undefined) return settle(c, NO_LINKER)
  return settle(c, yield* linker.dlsym(handle, text, version === undefined ? undefined : path(c, version), caller(c), tlsPointer(c)))
}

function* dlclose(c: LibcCall, handle: number): Co<number> {
  const linked = (yield* platformOf(c).linker?.dlclose(handle) ?? nothing()) ?? NO_LINKER
  settle(c, linked)
  return linked.ok ? 0 : -1
}

// biome-ignore lint/correctness/useYield: the answer of a linker that is not there
function* nothing(): Co<Linked | undefined> {
  return undefined
}

/** Dl_info: { fname @0, fbase @8, sname @16, saddr @24 }. */
function dladdr(c: LibcCall, address: number, out: number): number {
  const found = platformOf(c).linker?.dladdr(address)
  if (found === undefined || !writable(c, out, 32)) return 0
  c.memory.setSize(out, intern(c, found.object.path))
  c.memory.setSize(out + 8, found.object.base)
  c.memory.setSize(out + 16, found.symbol === undefined ? 0 : intern(c, found.symbol.name))
  c.memory.setSize(out + 24, found.symbol?.address ?? 0)
  return 1
}

const Extra = { symbol: 1, link: 2 } as const

/** dladdr, and the symbol's table entry or the object's entry in the list. */
function dladdr1(c: LibcCall, address: number, out: number, extra: number, flags: number): number {
  if (dladdr(c, address, out) === 0) return 0
  const found = platformOf(c).linker!.dladdr(address)!
  const value = flags === Extra.link ? linkOf(c, found.object) : flags === Extra.symbol ? (found.symbol?.entry ?? 0) : undefined
  if (value !== undefined && writable(c, extra, 8)) c.memory.setSize(extra, value)
  return 1
}

/** Requests of dlinfo. */
const Info = { list: 1, link: 2, origin: 6, tlsModule: 9 } as const
const PATH_MAX = 4096

function dlinfo(c: LibcCall, handle: number, request: number, out: number): number {
  const fail = (error: string): number => {
    settle(c, { ok: false, error })
    return -1
  }
  const object = platformOf(c)
    .linker?.objects()
    .find(({ start }) => start === handle)
  if (object === undefined) return fail('invalid handle')
  if (request === Info.origin) return putString(c, out, PATH_MAX, object.path.replace(/\/[^/]*$/, '') || '/') < 0 ? fail('bad address') : 0
  const word = { [Info.list]: 0, [Info.link]: linkOf(c, object), [Info.tlsModule]: object.tlsModule }[request]
  if (word === undefined) return fail('unsupported dlinfo request')
  if (!writable(c, out, 8)) return fail('bad address')
  c.memory.setSize(out, word)
  return 0
}

function* iterate(c: LibcCall, visit: number, data: number): Co<number> {
  const objects: readonly LoadedObject[] = platformOf(c).linker?.objects() ?? []
  const block = mapPages(c, PAGE)
  if (block === 0) return 0
  const { cx } = c
  let result = 0
  for (const [i, each] of objects.entries()) {
    const name = i === 0 ? '' : each.path
    c.memory.setSize(block, each.base)
    c.memory.setSize(block + 8, intern(c, name))
    c.memory.setSize(block + 16, each.phdr)
    c.memory.setSize(block + 24, each.phnum)
    c.memory.setSize(block + 32, objects.length)
    c.memory.setSize(block + 40, 0)
    c.memory.setSize(block + 48, each.tlsModule)
    c.memory.setSize(block + 56, 0)
    result = Number(BigInt.asIntN(32, yield* callGuest(visit, block, PHDR_INFO, data)))
    if (result !== 0) break
  }
  c.kernel.munmap(cx, block, PAGE)
  return result
}

/** dl_find_object: { flags @0, map_start @8, map_end @16, link_map @24, eh_frame @32 }; 0 = found. */
function findObject(c: LibcCall, address: number, out: number): number {
  const found = platformOf(c).linker?.objectAt(address)
  if (found === undefined || found.ehFrameHdr === 0 || !writable(c, out, 40) || !readable(c, found.ehFrameHdr, 4)) return -1
  c.memory.setSize(out, 0)
  c.memory.setSize(out + 8, found.start)
  c.memory.setSize(out + 16, found.end)
  c.memory.setSize(out + 24, 0)
  c.memory.setSize(out + 32, found.ehFrameHdr)
  return 0
}

export const dlfcn: HeaderTable = {
  name: 'dlfcn',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/dlfcn.h.html',
  rows: [
    leaf('_dl_find_object', 'int(ptr, ptr)', findObject, 'partial', 'the link map is null'),
    callback('dl_iterate_phdr', 'int(ptr, ptr)', iterate),
    leaf('dladdr', 'int(ptr, ptr)', dladdr),
    leaf('dladdr1', 'int(ptr, ptr, ptr, int)', dladdr1),
    callback('dlclose', 'int(long)', dlclose),
    leaf('dlerror', 'ptr()', dlerror),
    leaf('dlinfo', 'int(long, int, ptr)', dlinfo, 'partial', 'the list, an entry of it, the origin and the TLS module'),
    callback('dlopen', 'ptr(ptr, int)', dlopen),
    callback('dlsym', 'ptr(long, ptr)', dlsym),
    callback('dlvsym', 'ptr(long, ptr, ptr)', dlsym),
  ],
}
