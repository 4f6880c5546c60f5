import { describe, expect, test } from 'vitest'
import { machine, within } from '../../test/scripted-cpu.ts'
import type { Context } from '../context/context.ts'
import type { Co } from '../context/coroutine.ts'
import { type DirEntry, E, type FileLayer, type Kernel, O, type Stat } from '../index.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const layer: FileLayer = {
  readdir: (path) =>
    path === ''
      ? [
          { name: 'etc', kind: 'dir', size: 0, mode: 0o755, mtime: 0n },
          { name: 'link', kind: 'link', size: 0, mode: 0o777, mtime: 0n, target: 'etc/motd' },
          { name: 'loop', kind: 'link', size: 0, mode: 0o777, mtime: 0n, target: 'loop' },
        ]
      : path === 'etc'
        ? [{ name: 'motd', kind: 'file', size: 5, mode: 0o644, mtime: 0n }]
        : [],
  read(_path, offset, into) {
    const part = bytes('hello').subarray(offset, offset + into.length)
    into.set(part)
    return part.length
  },
}

const inside = <T>(body: (cx: Context, kernel: Kernel) => Co<T>): T => within(machine({}, { layers: [layer] }).kernel, body)

function* readAll(cx: Context, kernel: Kernel, path: string): Co<string | number> {
  const fd = yield* kernel.calls.open(cx, path, O.RDONLY, 0)
  if (fd < 0) return fd
  const into = new Uint8Array(4096)
  const count = yield* kernel.calls.read(cx, fd, into)
  yield* kernel.calls.close(cx, fd)
  return count < 0 ? count : new TextDecoder().decode(into.subarray(0, count))
}

describe('files', () => {
  test('a layer is read through both spellings and links; a loop is ELOOP', () => {
    const got = inside(function* (cx, k) {
      const out: (string | number)[] = []
      for (const path of ['/etc/motd', 'file:/etc/motd', '/scheme/file/etc/motd', 'link', '/etc/../link', '/loop', '/no/x', '/link/x'])
        out.push(yield* readAll(cx, k, path))
      return out
    })
    expect(got).toEqual(['hello', 'hello', 'hello', 'hello', 'hello', -E.LOOP, -E.NOENT, -E.NOTDIR])
  })

  test('the kernel says which program a process runs', () => {
    const got = inside(function* (cx, k) {
      k.table.processes.get(cx.process.pid)!.exe = '/bin/rustc'
      return [yield* readAll(cx, k, 'sys:exe'), yield* readAll(cx, k, '/scheme/sys/exe'), yield* readAll(cx, k, 'sys:none')]
    })
    expect(got).toEqual(['/bin/rustc', '/bin/rustc', -E.NOENT])
  })

  test('a write copies up and leaves the layer alone; append, truncate and seek', () => {
    const got = inside(function* (cx, k) {
      const { calls } = k
      const fd = yield* calls.open(cx, '/etc/motd', O.RDWR | O.APPEND, 0)
      yield* calls.write(cx, fd, bytes(' you'))
      const whole = yield* readAll(cx, k, '/etc/motd')
      calls.ftruncate(cx, fd, 2)
      const size = (calls.fstat(cx, fd) as Stat).size
      return [whole, size, calls.lseek(cx, fd, -1, 2), calls.lseek(cx, fd, -5, 0), yield* readAll(cx, k, '/etc/motd')]
    })
    expect(got).toEqual(['hello you', 2, 1, -E.INVAL, 'he'])
  })

  test('names: mkdir, rename, link, unlink, rmdir and their errors', () => {
    const got = inside(function* (cx, { calls }) {
      const at = -100
      const out: unknown[] = [calls.mkdir(cx, at, '/d', 0o755), calls.mkdir(cx, at, '/d', 0o755), calls.mkdir(cx, at, '/no/d', 0o755)]
      const fd = yield* calls.open(cx, '/d/f', O.CREAT | O.EXCL | O.RDWR, 0o666)
      out.push(fd, yield* calls.open(cx, '/d/f', O.CREAT | O.EXCL | O.RDWR, 0o666))
      out.push(calls.unlink(cx, at, '/d', true), calls.unlink(cx, at, '/d', false), calls.rename(cx, at, '/d', at, '/d/e'))
      out.push(calls.link(cx, at, '/d/f', at, '/g', false), (calls.fstat(cx, fd) as Stat).nlink)
      out.push(calls.rename(cx, at, '/g', at, '/d/h'), (calls.fstat(cx, fd) as Stat).mode.toString(8))
      const dir = yield* calls.open(cx, '/d', O.RDONLY | O.DIRECTORY, 0)
      out.push((calls.getdents(cx, dir) as DirEntry[]).map(({ name }) => name).join(' '))
      return out
    })
    const refused = [-E.NOTEMPTY, -E.ISDIR, -E.INVAL]
    expect(got).toEqual([0, -E.EXIST, -E.NOENT, 3, -E.EXIST, ...refused, 0, 2, 0, '100644', '. .. f h'])
  })
})

describe('schemes', () => {
  test('null, zero, rand and what does not exist', () => {
    const read = (seed: number) => {
      const { kernel } = machine({}, {}, { seed })
      const into = new Uint8Array(11)
      kernel.random.fill(into)
      return [...into]
    }
    expect(read(1)).toEqual(read(1))
    expect(read(1)).not.toEqual(read(2))
    const got = inside(function* (cx, k) {
      return [
        yield* readAll(cx, k, '/dev/null'),
        yield* readAll(cx, k, 'null:'),
        yield* readAll(cx, k, '/dev/tty'),
        yield* readAll(cx, k, '/dev/none'),
      ]
    })
    expect(got).toEqual(['', '', -E.NXIO, -E.NOENT])
  })

  test('a pipe is first in first out, ends at the last writer, and breaks at the last reader', () => {
    const got = inside(function* (cx, { calls }) {
      const [read, write] = calls.pipe(cx, O.NONBLOCK) as [number, number]
      const into = new Uint8Array(8)
      const out = [yield* calls.read(cx, read, into), yield* calls.write(cx, write, bytes('abc'))]
      out.push(yield* calls.write(cx, write, new Uint8Array(70_000)), yield* calls.write(cx, write, bytes('x')))
      out.push(yield* calls.read(cx, read, into), into[2], yield* calls.read(cx, read, new Uint8Array(70_000)))
      yield* calls.close(cx, write)
      out.push(yield* calls.read(cx, read, into))
      return out
    })
    expect(got).toEqual([-E.AGAIN, 3, 65_533, -E.AGAIN, 8, 99, 65_528, 0])
  })

  test('a loopback connection carries bytes both ways and reports refusal', () => {
    const got = inside(function* (cx, { calls }) {
      const address = { host: '127.0.0.1', port: 80, family: 'inet' } as const
      const client = calls.socket(cx, 'inet', 'stream', 0)
      const out: unknown[] = [yield* calls.connect(cx, client, address)]
      const server = calls.socket(cx, 'inet', 'stream', 0)
      out.push(calls.bind(cx, server, address), calls.listen(cx, server, 5), yield* calls.connect(cx, client, address))
      const served = (yield* calls.accept(cx, server, 0)) as { fd: number }
      yield* calls.send(cx, client, bytes('ping'), 0)
      const into = new Uint8Array(9)
      out.push(yield* calls.recv(cx, served.fd, into, 0))
      yield* calls.close(cx, served.fd)
      out.push(yield* calls.recv(cx, client, into, 0))
      // That the other side is gone comes as the answer to the first bytes.
      out.push(yield* calls.send(cx, client, bytes('x'), 0x4000), yield* calls.send(cx, client, bytes('x'), 0x4000))
      return out
    })
    expect(got).toEqual([-E.CONNREFUSED, 0, 0, 0, { count: 4, fds: [], flags: 0 }, { count: 0, fds: [], flags: 0 }, 1, -E.PIPE])
  })
})
