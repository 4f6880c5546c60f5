import { GuestMemory, Perm } from '@bootgraph/cpu'
import type { Context, KernelCalls, PollFd, Process, SocketAddress } from '@bootgraph/kernel'
import { beforeEach, describe, expect, it } from 'vitest'
import { linuxGnu } from '../../abi/linux-gnu.ts'
import { setPlatform } from '../../platform/platform.ts'
import type { LibcCall } from '../../registry/call.ts'
import type { CoFn, FunctionRow, LeafFn } from '../../registry/define.ts'
import { arpaInet } from '../arpa_inet/index.ts'
import { formatV6, parseV6 } from '../arpa_inet/text.ts'
import { pollHeader } from '../poll/index.ts'
import { parseUsers } from '../pwd/database.ts'
import { userDatabase } from '../pwd/index.ts'
import { termios } from '../termios/index.ts'
import { sysSocket } from './index.ts'

const rows = [sysSocket, arpaInet, pollHeader, userDatabase, termios].flatMap((header) => header.rows)
const functions = new Map(rows.filter((row): row is FunctionRow => row.kind === 'function').map((row) => [row.name, row]))
const DATA = 0x2_0000
const MORE = 0x2_1000
const AREA = 0x4_0000
const HOLE = 0x900_0000
/** The library's own objects, each with room enough. */
const OBJECTS = 0x7_0000
const OBJECT = 0x2000
const FILES: Readonly<Record<string, string>> = {
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nbroken\nuser:x:1000:1000::/home/user:/bin/ion\n',
  '/etc/group': 'root:x:0:\nwheel:x:1:root,user\n',
}

/** A kernel with two files and one socket; functions that would wait answer at once. */
function machine() {
  const memory = new GuestMemory()
  memory.protect(0x1_0000, 0x8_0000, Perm.read | Perm.write)
  const seen: unknown[] = []
  const peer: SocketAddress = { family: 'inet', host: '127.0.0.1', port: 8080 }
  let file: Uint8Array = new Uint8Array(0)
  let errno = 0
  const objects: string[] = []
  const now = <T>(value: T) =>
    // biome-ignore lint/correctness/useYield: answers at once
    (function* () {
      return value
    })()
  const kernel = {
    open(_cx: Context, path: string) {
      file = new TextEncoder().encode(FILES[path])
      return now(3)
    },
    read(_cx: Context, _fd: number, into: Uint8Array) {
      const part = file.subarray(0, Math.min(7, into.length))
      into.set(part)
      file = file.subarray(part.length)
      return now(part.length)
    },
    close: () => now(0),
    mmap: () => 0x6_0000,
    socket: (_cx: Context, ...args: unknown[]) => seen.push(args) + 4,
    bind: (_cx: Context, ...args: unknown[]) => seen.push(args) - seen.length,
    sockname: (_cx: Context, fd: number) => (fd === 5 ? peer : -88),
    socketState: (_cx: Context, fd: number) =>
      fd === 5 ? { domain: 'inet', type: 'stream', options: { values: new Map() }, takeError: () => 0 } : -88,
    accept: () => now({ fd: 6, peer }),
    send: (_cx: Context, _fd: number, from: Uint8Array) => now(seen.push(new TextDecoder().decode(from)) * 0 + from.length),
    recv(_cx: Context, _fd: number, into: Uint8Array) {
      into.set(new TextEncoder().encode('hello').subarray(0, into.length))
      return now({ count: Math.min(5, into.length), fds: [], flags: 0 })
    },
    poll(_cx: Context, fds: PollFd[], timeout: bigint | undefined) {
      seen.push(timeout)
      for (const each of fds) each.revents = each.fd === 70 ? 1 : each.fd === 3 ? 16 : 0
      return now(2)
    },
    ioctl: () => now(-25),
  } as unknown as KernelCalls
  const process = { pid: 1, contexts: [] } as unknown as Process
  setPlatform(process, {
    linker: undefined,
    area: AREA,
    auxv: 0,
    stack: { low: 0, high: 0 },
    executable: '/bin/a',
    exitHooks: { *handlers() {}, *flush() {} },
  })
  const c = {
    memory,
    kernel,
    process,
    cx: {} as Context,
    abi: linuxGnu,
    storages: new Map(),
    object: (name: string) => OBJECTS + OBJECT * ((objects.indexOf(name) + 1 || objects.push(name)) - 1),
    fail(number: number): -1 {
      errno = number
      return -1
    },
    string: (at: number) => new TextDecoder().decode(memory.u8.subarray(at, memory.cstrEnd(at))),
    gap: (name: string, detail: string) => void seen.push(`gap ${name}: ${detail}`),
  } as unknown as LibcCall
  const call = (name: string, ...args: unknown[]): unknown => {
    const row = functions.get(name)!
    const out = (row.fn as LeafFn | CoFn)(c, ...args)
    if (row.flow === 'leaf') return out
    const step = (out as Generator).next()
    expect(step.done).toBe(true)
    return step.value
  }
  const put = (at: number, text: string): number => {
    memory.u8.set(new TextEncoder().encode(`${text}\0`), at)
    return at
  }
  return { memory, seen, call, put, string: c.string, errno: () => errno }
}

let m: ReturnType<typeof machine>
beforeEach(() => {
  m = machine()
})

describe('sockets', () => {
  it('take flags from the type and refuse what the node does not speak', () => {
    expect(m.call('socket', 2, 1 | 0o2000000 | 0o4000, 0)).toBe(5)
    expect(m.seen).toEqual([['inet', 'stream', 0x104_0000]])
    expect([m.call('socket', 17, 1, 0), m.errno()]).toEqual([-1, 97])
    expect([m.call('socket', 2, 3, 0), m.errno()]).toEqual([-1, 93])
  })

  it('read addresses of all families', () => {
    m.memory.u8.set([2, 0, 0x1f, 0x90, 127, 0, 0, 1], DATA)
    m.call('bind', 5, DATA, 16)
    m.memory.u8.set([10, 0, 0, 80, 0, 0, 0, 0], DATA)
    m.memory.bytes(DATA + 8, 16).fill(0)
    m.memory.setU8(DATA + 23, 1)
    m.call('bind', 5, DATA, 28)
    m.memory.setU16(DATA, 1)
    m.put(DATA + 2, '/tmp/s')
    m.call('bind', 5, DATA, 110)
    expect(m.seen).toEqual([
      [5, { family: 'inet', host: '127.0.0.1', port: 8080 }],
      [5, { family: 'inet6', host: '::1', port: 80 }],
      [5, { path: '/tmp/s' }],
    ])
    expect([m.call('bind', 5, HOLE, 16), m.errno()]).toEqual([-1, 14])
    m.memory.setU16(DATA, 2)
    expect([m.call('bind', 5, DATA, 8), m.errno()]).toEqual([-1, 22])
  })

  it('cut an address to the room there is and tell its full length', () => {
    m.memory.setU32(MORE, 4)
    m.memory.setU32(DATA + 4, 0x5555_5555)
    expect(m.call('accept', 5, DATA, MORE)).toBe(6)
    expect([...m.memory.bytes(DATA, 5)]).toEqual([2, 0, 0x1f, 0x90, 0x55])
    expect(m.memory.getU32(MORE)).toBe(16)
  })

  it('gather and scatter messages', () => {
    const iov = (at: number, size: number, slot: number): void => {
      m.memory.setSize(MORE + 16 * slot, at)
      m.memory.setSize(MORE + 16 * slot + 8, size)
    }
    m.memory.setSize(DATA + 16, MORE)
    m.memory.setSize(DATA + 24, 2)
    iov(m.put(MORE + 0x100, 'ab'), 2, 0)
    iov(m.put(MORE + 0x200, 'cde'), 3, 1)
    expect(m.call('sendmsg', 5, DATA, 0)).toBe(5)
    expect(m.seen).toEqual(['abcde'])
    expect(m.call('recvmsg', 5, DATA, 0)).toBe(5)
    expect([m.string(MORE + 0x100), m.string(MORE + 0x200)]).toEqual(['he', 'llo'])
    iov(HOLE, 3, 1)
    expect([m.call('recvmsg', 5, DATA, 0), m.errno()]).toEqual([-1, 14])
  })

  it('have no option that is not modelled, and say so', () => {
    m.memory.setU32(MORE, 4)
    expect([m.call('getsockopt', 5, 1, 4, DATA, MORE), m.memory.getU32(DATA)]).toEqual([0, 0])
    expect([m.call('setsockopt', 5, 1, 36, DATA, 16), m.errno()]).toEqual([-1, 92])
    expect(m.seen).toEqual(['gap setsockopt: level 1 option 36'])
    expect([m.call('setsockopt', 9, 1, 2, DATA, 4), m.errno()]).toEqual([-1, 88])
  })
})

describe('select', () => {
  it('leaves the ready bits of each set; a hang-up is readable', () => {
    m.memory.bytes(DATA, 256).fill(0)
    m.memory.setU8(DATA, 0b1001)
    m.memory.setU8(DATA + 8, 1 << 6)
    m.memory.setU8(DATA + 128, 1)
    m.memory.setU64(MORE, 1n)
    m.memory.setU64(MORE + 8, 500n)
    expect(m.call('select', 71, DATA, DATA + 128, 0, MORE)).toBe(2)
    expect(m.seen).toEqual([1_000_500_000n])
    expect([m.memory.getU8(DATA), m.memory.getU8(DATA + 8), m.memory.getU8(DATA + 128)]).toEqual([0b1000, 1 << 6, 0])
    expect([m.call('select', 1025, 0, 0, 0, 0), m.errno()]).toEqual([-1, 22])
    expect([m.call('select', 8, HOLE, 0, 0, 0), m.errno()]).toEqual([-1, 14])
  })
})

describe('internet addresses', () => {
  it.each([['::'], ['::1'], ['2001:db8::8:800:200c:417a'], ['1:0:0:2::3'], ['::ffff:10.0.0.1'], ['1:2:3:4:5:6:7:8'], ['fe80::']] as const)(
    '%s is written as it was read',
    (text) => {
      expect(formatV6(parseV6(text)!)).toBe(text)
    },
  )

  it.each(['1:2:3', ':::', '1::2::3', '12345::', '::1.2.3', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7::8'])('%s is none', (text) => {
    expect(parseV6(text)).toBeUndefined()
  })

  it('cross between text and network order', () => {
    expect(m.call('inet_pton', 2, m.put(DATA, '10.1.2.255'), MORE)).toBe(1)
    expect([...m.memory.bytes(MORE, 4)]).toEqual([10, 1, 2, 255])
    expect(m.call('inet_pton', 2, m.put(DATA, '10.1.2.256'), MORE)).toBe(0)
    expect(m.call('inet_ntop', 2, MORE, DATA, 16)).toBe(DATA)
    expect(m.string(DATA)).toBe('10.1.2.255')
    expect([m.call('inet_ntop', 2, MORE, DATA, 10), m.errno()]).toEqual([0, 28])
    expect([m.call('htons', 0x1234), m.call('htonl', 0x1234_56f8)]).toEqual([0x3412, 0xf856_3412])
  })
})

describe('the user database', () => {
  it('finds a user by name and number, past a broken line', () => {
    expect(m.call('getpwnam_r', m.put(DATA, 'user'), MORE, MORE + 64, 64, MORE + 256)).toBe(0)
    expect(m.memory.getSize(MORE + 256)).toBe(MORE)
    expect([m.memory.getU32(MORE + 16), m.string(m.memory.getSize(MORE + 32))]).toEqual([1000, '/home/user'])
    const page = m.call('getpwuid', 0) as number
    expect(m.string(m.memory.getSize(page + 40))).toBe('/bin/sh')
    expect(m.call('getpwuid', 77)).toBe(0)
  })

  it('says when the buffer is short or nobody has the name', () => {
    expect(m.call('getpwuid_r', 1000, MORE, MORE + 64, 10, MORE + 256)).toBe(34)
    expect(m.memory.getSize(MORE + 256)).toBe(0)
    expect(m.call('getgrnam_r', m.put(DATA, 'nobody'), MORE, MORE + 64, 100, MORE + 256)).toBe(0)
    expect(m.memory.getSize(MORE + 256)).toBe(0)
  })

  it('lists the members of a group', () => {
    expect(m.call('getgrgid_r', 1, MORE, MORE + 64, 128, MORE + 256)).toBe(0)
    const list = m.memory.getSize(MORE + 24)
    expect([0, 8].map((at) => m.string(m.memory.getSize(list + at)))).toEqual(['root', 'user'])
    expect(m.memory.getSize(list + 16)).toBe(0)
  })

  it('goes through all users in order', () => {
    const names = [1, 2].map(() => m.string(m.memory.getSize(m.call('getpwent') as number)))
    expect([...names, m.call('getpwent')]).toEqual(['root', 'user', 0])
    m.call('endpwent')
    expect(m.string(m.memory.getSize(m.call('getpwent') as number))).toBe('root')
  })

  it("reads Redox's own form", () => {
    expect(parseUsers('user;1000;1000;user;/home/user;/bin/ion')).toEqual([
      { name: 'user', password: 'x', uid: 1000, gid: 1000, gecos: 'user', home: '/home/user', shell: '/bin/ion' },
    ])
  })
})

describe('terminals', () => {
  it('are not what a plain descriptor is', () => {
    expect([m.call('tcgetattr', 0, DATA), m.errno()]).toEqual([-1, 25])
    expect([m.call('tcsetattr', 0, 5, DATA), m.errno()]).toEqual([-1, 22])
  })

  it('keep speeds in the structure', () => {
    m.memory.bytes(DATA, 60).fill(0)
    expect(m.call('cfsetospeed', DATA, 0o10002)).toBe(0)
    expect([m.call('cfgetospeed', DATA), m.call('cfgetispeed', DATA)]).toEqual([0o10002, 0o10002])
    expect([m.call('cfsetospeed', DATA, 115200), m.errno()]).toEqual([-1, 22])
    m.call('cfsetispeed', DATA, 0)
    expect(m.call('cfgetispeed', DATA)).toBe(0)
  })
})
