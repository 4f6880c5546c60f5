/** <resolv.h>: queries, which nobody answers in a node; the names and messages of them; base 64 (RFC 4648) as they write keys. */
import { cstring, source, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, type HeaderTable, leaf, object } from '../../registry/define.ts'
import { setHErrno } from '../database.ts'
import { segfault } from '../fault.ts'
import { storage } from '../storage.ts'
import { messageRows } from './message.ts'
import { compress, nameRows } from './name-rows.ts'

const ECONNREFUSED = 111
const TRY_AGAIN = 2
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
/** struct __res_state of linux-gnu: retrans, retry, options @8, nscount @16, the first server @20, ndots @388, h_errno and _vcsock behind the hooks. */
const State = { retrans: 0, retry: 4, options: 8, servers: 16, server: 20, ndots: 392, socket: 500, size: 568 } as const
/** RES_INIT, RES_RECURSE, RES_DEFNAMES and RES_DNSRCH. */
const OPTIONS = 0x2c1
const NOTE = 'a node has no name server'
const RECURSION_DESIRED = 1
const HEADER = 12

/** The state of a resolver without a configuration: the server is this host. */
function initialise(c: LibcCall, at: number): number {
  if (!writable(c, at, State.size)) return segfault(c)
  const { memory } = c
  memory.bytes(at, State.size).fill(0)
  memory.setI32(at + State.retrans, 5)
  memory.setI32(at + State.retry, 2)
  memory.setSize(at + State.options, OPTIONS)
  memory.setI32(at + State.servers, 1)
  for (const [offset, byte] of [2, 0, 0, 53, 127, 0, 0, 1].entries()) memory.setU8(at + State.server + offset, byte)
  memory.setI32(at + State.ndots, 1)
  memory.setI32(at + State.socket, -1)
  return 0
}

/** What a machine answers whose server does not listen. */
function unanswered(c: LibcCall): number {
  setHErrno(c, TRY_AGAIN)
  return c.fail(ECONNREFUSED)
}

/** A question in a message of its own. */
function question(c: LibcCall, operation: number, name: number, kind: number, type: number, out: number, size: number): number {
  const { memory } = c
  if (operation !== 0 || size < HEADER || !writable(c, out, size)) return -1
  memory.bytes(out, HEADER).fill(0)
  c.kernel.random(c.cx, memory.bytes(out, 2))
  memory.setU8(out + 2, RECURSION_DESIRED)
  memory.setU8(out + 5, 1)
  const length = compress(c, name, out + HEADER, size - HEADER - 4, 0, 0)
  if (length < 0) return -1
  for (const [i, byte] of [type >> 8, type, kind >> 8, kind].entries()) memory.setU8(out + HEADER + length + i, byte & 0xff)
  return HEADER + length + 4
}

function encode(c: LibcCall, from: number, length: number, out: number, size: number): number {
  const bytes = source(c, from, length)
  if (bytes === undefined) return -1
  let text = ''
  for (let i = 0; i < length; i += 3) {
    const [a, b, d] = [bytes[i], bytes[i + 1], bytes[i + 2]]
    const group = (a << 16) | ((b ?? 0) << 8) | (d ?? 0)
    text +=
      DIGITS[group >> 18] +
      DIGITS[(group >> 12) & 63] +
      (b === undefined ? '=' : DIGITS[(group >> 6) & 63]) +
      (d === undefined ? '=' : DIGITS[group & 63])
  }
  if (text.length >= size || !writable(c, out, text.length + 1)) return -1
  c.memory.u8.set(new TextEncoder().encode(`${text}\0`), out)
  return text.length
}

/** White space may stand anywhere; what ends in the middle of a group is padded. Bytes that are begun need room, and no
 * bits are left over; without a target neither is asked. */
function decode(c: LibcCall, from: number, out: number, size: number): number {
  const text = String.fromCharCode(...(cstring(c, from) ?? [])).replace(/\s/g, '')
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return -1
  const digits = text.replace(/=/g, '')
  const bytes: number[] = []
  let bits = 0
  let held = 0
  for (const digit of digits) {
    held = (held << 6) | DIGITS.indexOf(digit)
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes.push((held >> bits) & 0xff)
    held &= (1 << bits) - 1
  }
  if (out !== 0 && (held !== 0 || Math.ceil((6 * digits.length) / 8) > size)) return -1
  if (out !== 0 && writable(c, out, bytes.length)) c.memory.u8.set(Uint8Array.from(bytes), out)
  return bytes.length
}

const query = (name: string, signature: string) => leaf(name, signature, unanswered, 'partial', NOTE)

export const resolv: HeaderTable = {
  name: 'resolv, arpa/nameser',
  spec: 'https://man7.org/linux/man-pages/man3/resolver.3.html',
  rows: [
    object('__libc_res', State.size, 8),
    leaf('__res_state', 'ptr()', (c) => {
      const at = storage(c, '__libc_res')
      if (c.memory.getI32(at + State.retry) === 0) initialise(c, at)
      return at
    }),
    leaf('__res_init', 'int()', (c) => initialise(c, storage(c, '__libc_res')), 'partial', NOTE),
    leaf('__res_ninit', 'int(ptr)', initialise, 'partial', NOTE),
    leaf('__res_nclose', 'void(ptr)', () => {}),
    query('res_query', 'int(ptr, int, int, ptr, int)'),
    query('res_search', 'int(ptr, int, int, ptr, int)'),
    query('res_querydomain', 'int(ptr, ptr, int, int, ptr, int)'),
    query('res_nquery', 'int(ptr, ptr, int, int, ptr, int)'),
    query('res_nsearch', 'int(ptr, ptr, int, int, ptr, int)'),
    query('res_nquerydomain', 'int(ptr, ptr, ptr, int, int, ptr, int)'),
    query('res_send', 'int(ptr, int, ptr, int)'),
    query('res_nsend', 'int(ptr, ptr, int, ptr, int)'),
    leaf(
      'res_mkquery',
      'int(int, ptr, int, int, ptr, int, ptr, ptr, int)',
      (c, op: number, name: number, kind: number, type: number, _data: number, _length: number, _rr: number, out: number, size: number) =>
        question(c, op, name, kind, type, out, size),
    ),
    leaf(
      'res_nmkquery',
      'int(ptr, int, ptr, int, int, ptr, int, ptr, ptr, int)',
      (c, _state: number, op: number, name: number, kind: number, type: number, ...[, , , out, size]: number[]) =>
        question(c, op, name, kind, type, out, size),
    ),
    ...'query search querydomain nquery nsearch nquerydomain send nsend mkquery nmkquery'
      .split(' ')
      .map((name) => alias(`__res_${name}`, `res_${name}`)),
    ...nameRows,
    ...messageRows,
    leaf('__b64_ntop', 'int(ptr, size, ptr, size)', encode),
    leaf('__b64_pton', 'int(ptr, ptr, size)', decode),
  ],
}
