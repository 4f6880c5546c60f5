// biome-ignore-all lint/correctness/useYield: most of these calls never wait
import { PAGE, Perm } from '@bootgraph/cpu'
import { expect, test } from 'vitest'
import { machine, within } from '../../test/scripted-cpu.ts'
import { AT_FDCWD, E, type FileLayer, O } from '../index.ts'
import { CAPACITY } from '../scheme/pipe.ts'
import { BUFFER } from '../scheme/socket.ts'
import type { Context } from './context.ts'
import type { Co } from './coroutine.ts'
import { Cost } from './memory-budget.ts'

const MEGABYTE = 1 << 20
const LIMIT = 16 * MEGABYTE
const layer: FileLayer = {
  readdir: (path) => (path === '' ? [{ name: 'given', kind: 'file', size: 5 * PAGE, mode: 0o644, mtime: 0n }] : []),
  read: (_path, _offset, into) => into.length,
}
const NEW = O.RDWR | O.CREAT

type Calls = ReturnType<typeof machine>['kernel']['calls']
interface Node {
  readonly cx: Context
  readonly calls: Calls
  /** Bytes that are held beyond what the program began with. */
  held(): number
  readonly refusals: () => number
}

/** What `body` gives, and the bytes that are still held behind it. */
function kept<T>(body: (node: Node) => Co<T>): { got: T; left: number } {
  const { kernel } = machine({}, { layers: [layer] }, { memoryLimit: LIMIT })
  return within(kernel, function* (cx) {
    const { budget, calls } = kernel
    const before = budget.used
    const held = () => budget.used - before
    const got = yield* body({ cx, calls, held, refusals: () => budget.refusals })
    return { got, left: held() }
  })
}

test('a file costs its pages and its inode, as long as it has a name or is open', () => {
  const { got, left } = kept(function* ({ cx, calls, held }) {
    const fd = yield* calls.open(cx, '/f', NEW, 0o600)
    const out = [held()]
    yield* calls.write(cx, fd, new Uint8Array(PAGE + 1))
    out.push(held())
    calls.ftruncate(cx, fd, PAGE)
    out.push(held())
    calls.unlink(cx, AT_FDCWD, '/f', false)
    out.push(held())
    yield* calls.close(cx, fd)
    return out
  })
  const empty = Cost.descriptor + Cost.inode
  expect(got).toEqual([empty, empty + 2 * PAGE, empty + PAGE, empty + PAGE])
  expect(left).toBe(0)
})

test('writing and growing beyond the limit is ENOSPC and a refusal, and a truncated file makes room', () => {
  const { got, left } = kept(function* ({ cx, calls, held, refusals }) {
    const fd = yield* calls.open(cx, '/f', NEW, 0o600)
    const piece = new Uint8Array(MEGABYTE)
    let total = 0
    let last = 0
    for (; (last = yield* calls.write(cx, fd, piece)) > 0; total += last);
    const out = [last, refusals(), calls.allocate(cx, fd, 0, LIMIT, 'extend'), calls.mkdir(cx, AT_FDCWD, '/d', 0o700)]
    expect(total).toBeGreaterThan(LIMIT - 2 * MEGABYTE)
    expect(held()).toBeLessThanOrEqual(LIMIT)
    calls.ftruncate(cx, fd, 0)
    out.push(yield* calls.pwrite(cx, fd, piece, 0))
    yield* calls.close(cx, fd)
    calls.unlink(cx, AT_FDCWD, '/d', true)
    calls.unlink(cx, AT_FDCWD, '/f', false)
    return out
  })
  expect(got).toEqual([-E.NOSPC, 1, -E.NOSPC, 0, MEGABYTE])
  expect(left).toBe(0)
})

test('the holes of a file cost nothing, and what is written far behind its end no more than a block of 16 pages', () => {
  const { got } = kept(function* ({ cx, calls, held }) {
    const fd = yield* calls.open(cx, '/f', NEW, 0o600)
    const empty = held()
    const out = [calls.ftruncate(cx, fd, 100 * LIMIT), held() - empty]
    for (const page of [1000, 1600, 16 * PAGE + 15]) {
      yield* calls.pwrite(cx, fd, new Uint8Array(1), page * PAGE)
      out.push((held() - empty) / PAGE)
    }
    out.push(calls.allocate(cx, fd, 0, 50 * LIMIT, 'punch'), calls.ftruncate(cx, fd, 1), held() - empty)
    return out
  })
  expect(got).toEqual([0, 0, 9, 10, 26, 0, 0, 0])
})

test('what can never be had is refused at once, however large', () => {
  const { got } = kept(function* ({ cx, calls }) {
    const fd = yield* calls.open(cx, '/f', NEW, 0o600)
    return [calls.allocate(cx, fd, 0, 2 ** 43, 'hold'), calls.ftruncate(cx, fd, 2 ** 43), calls.lseek(cx, fd, 0, 3)]
  })
  expect(got).toEqual([-E.NOSPC, 0, -E.NXIO])
}, 2000)

test('what a layer holds costs nothing until it is written; cut to nothing it is not brought up', () => {
  const { got } = kept(function* ({ cx, calls, held }) {
    const fd = yield* calls.open(cx, '/given', O.RDWR, 0)
    yield* calls.read(cx, fd, new Uint8Array(PAGE))
    const out = [held() - Cost.descriptor]
    yield* calls.pwrite(cx, fd, new Uint8Array(1), 0)
    out.push(held() - Cost.descriptor)
    calls.ftruncate(cx, fd, 0)
    out.push(held() - Cost.descriptor)
    return out
  })
  expect(got).toEqual([0, Cost.inode + 5 * PAGE, Cost.inode])
})

test('a mapping keeps the bytes of a file that has no name any more', () => {
  const { got, left } = kept(function* ({ cx, calls, held }) {
    const fd = yield* calls.open(cx, '/f', NEW, 0o600)
    yield* calls.write(cx, fd, new Uint8Array(3 * PAGE))
    const at = calls.mmap(cx, 0, 3 * PAGE, Perm.read, false, undefined, fd, 0)
    yield* calls.close(cx, fd)
    calls.unlink(cx, AT_FDCWD, '/f', false)
    calls.munmap(cx, at, PAGE)
    const out = held()
    calls.munmap(cx, at + PAGE, 2 * PAGE)
    return out
  })
  expect(got).toBe(Cost.inode + 5 * PAGE)
  expect(left).toBe(0)
})

test('names, links and folders cost as long as they are there; renaming over one frees it', () => {
  const { got, left } = kept(function* ({ cx, calls, held }) {
    calls.symlink(cx, 'a'.repeat(2 * PAGE), AT_FDCWD, '/s')
    const out = [held()]
    calls.mknod(cx, AT_FDCWD, '/f', 0o600)
    calls.link(cx, AT_FDCWD, '/f', AT_FDCWD, '/g', false)
    out.push(held())
    calls.rename(cx, AT_FDCWD, '/s', AT_FDCWD, '/g')
    out.push(held())
    calls.unlink(cx, AT_FDCWD, '/f', false)
    calls.unlink(cx, AT_FDCWD, '/g', false)
    return out
  })
  const link = Cost.inode + 2 * PAGE
  expect(got).toEqual([link, link + Cost.inode + Cost.name, link + Cost.inode])
  expect(left).toBe(0)
})

test('pipes, FIFOs and connected sockets cost their buffers until both ends are closed, and are ENOMEM beyond', () => {
  const { got, left } = kept(function* ({ cx, calls, held }) {
    const out: unknown[] = []
    const pipe = calls.pipe(cx, 0) as [number, number]
    const pair = calls.socketpair(cx, 'stream', 0) as [number, number]
    calls.mknod(cx, AT_FDCWD, '/fifo', 0o010600)
    const fifo = yield* calls.open(cx, '/fifo', O.RDWR, 0)
    out.push(held())
    for (const fd of [pipe[0], pair[0]]) yield* calls.close(cx, fd)
    out.push(held())
    for (const fd of [pipe[1], pair[1], fifo]) yield* calls.close(cx, fd)
    out.push(held())
    let made: [number, number] | number
    const all: number[] = []
    while (typeof (made = calls.pipe(cx, 0)) !== 'number') all.push(...made)
    out.push(made, calls.socketpair(cx, 'stream', 0), yield* calls.open(cx, '/scheme/pipe', O.RDONLY, 0))
    for (const fd of all) yield* calls.close(cx, fd)
    calls.unlink(cx, AT_FDCWD, '/fifo', false)
    return out
  })
  const buffers = Cost.inode + 2 * CAPACITY + 2 * BUFFER
  const refused = [-E.NOMEM, -E.NOMEM, -E.NOMEM]
  expect(got).toEqual([buffers + 5 * Cost.descriptor, buffers + 3 * Cost.descriptor, Cost.inode, ...refused])
  expect(left).toBe(0)
})

test('datagrams cost until they are received or their socket is closed', () => {
  const { got, left } = kept(function* ({ cx, calls, held }) {
    const [one, two] = calls.socketpair(cx, 'dgram', 0) as [number, number]
    const before = held()
    yield* calls.send(cx, one, new Uint8Array(1000), 0)
    yield* calls.send(cx, one, new Uint8Array(1000), 0)
    const out = [held() - before]
    yield* calls.recv(cx, two, new Uint8Array(1000), 0)
    out.push(held() - before)
    let last = 0
    while ((last = yield* calls.send(cx, one, new Uint8Array(200_000), 0)) > 0);
    out.push(last)
    for (const fd of [one, two]) yield* calls.close(cx, fd)
    return out
  })
  expect(got).toEqual([2 * (Cost.datagram + 1000), Cost.datagram + 1000, -E.NOMEM])
  expect(left).toBe(0)
})

test('messages of a queue with a name cost until they are received, or the queue has neither a name nor a user', () => {
  const { got, left } = kept(function* ({ cx, calls, held }) {
    const fd = calls.posted.open(cx, 'queue', NEW, 0o600, { limit: 10_000, size: 64 })
    const before = held()
    const message = { bytes: new Uint8Array(64), priority: 0 }
    yield* calls.posted.send(cx, fd, message, undefined)
    yield* calls.posted.send(cx, fd, message, undefined)
    const out = [before, held() - before]
    yield* calls.posted.receive(cx, fd, 64, undefined)
    out.push(held() - before)
    calls.posted.unlink(cx, 'queue')
    out.push(held() - before)
    yield* calls.close(cx, fd)
    return out
  })
  const message = Cost.datagram + 64
  expect(got).toEqual([Cost.inode + Cost.descriptor, 2 * message, message, message])
  expect(left).toBe(0)
})

test('a descriptor costs, however it is made, and a child has its own', () => {
  const { got, left } = kept(function* ({ cx, calls, held }) {
    const fd = calls.memfd(cx, 'm', 0)
    const out: unknown[] = [held()]
    calls.dup2(cx, fd, 100)
    calls.dup2(cx, fd, 100)
    out.push(held())
    for (const each of [fd, 100]) yield* calls.close(cx, each)
    let made = 0
    const all: number[] = []
    while ((made = calls.eventfd(cx, 0n, false, 0)) >= 0) all.push(made)
    out.push(made, yield* calls.fork(cx))
    for (const each of all) yield* calls.close(cx, each)
    return out
  })
  expect(got).toEqual([Cost.inode + Cost.descriptor, Cost.inode + 2 * Cost.descriptor, -E.NOMEM, -E.NOMEM])
  expect(left).toBe(0)
})

test('memory that a child shares has a copy of its own from then on', () => {
  const { got, left } = kept(function* ({ cx, calls, held }) {
    const length = 4 * MEGABYTE
    const at = calls.mmap(cx, 0, length, Perm.read | Perm.write, true, undefined, -1, 0)
    const out = [held()]
    const child = yield* calls.fork(cx)
    out.push(held())
    calls.kill(cx, child, 9)
    yield* calls.waitpid(cx, child, 0)
    out.push(held())
    calls.munmap(cx, at, length)
    return out.map((bytes) => Math.round(bytes / MEGABYTE))
  })
  expect(got).toEqual([4, 12, 8])
  expect(left).toBe(0)
})
