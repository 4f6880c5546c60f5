/** Between registers and host values: arguments of raw calls, and what they point at. A bad pointer is -EFAULT. */
import { Perm } from '@bootgraph/cpu'
import { E } from '../abi/error.ts'
import type { Stat } from '../calls.ts'
import type { Co } from '../context/coroutine.ts'
import type { ContextState } from '../context/process.ts'
import type { Kernel } from '../kernel.ts'
import type { Era } from './table.ts'

/** Everything that a decoded call needs; arguments are numbers below 2^53, signed where they are all ones. */
export interface Decoded {
  readonly kernel: Kernel
  readonly cx: ContextState
  readonly era: Era
  readonly args: readonly number[]
}

/** A register as a number: 64-bit two's complement, so that -1 and AT_FDCWD come out negative. */
export const signed = (value: bigint) => Number(BigInt.asIntN(64, value))

export function buffer({ cx }: Decoded, address: number, length: number, perm: number): Uint8Array | undefined {
  const { memory } = cx.process.space
  return length >= 0 && memory.accessible(address, length, perm) ? memory.bytes(address, length) : undefined
}

export function* withBuffer(
  call: Decoded,
  address: number,
  length: number,
  perm: number,
  use: (bytes: Uint8Array) => Co<number>,
): Co<number> {
  const bytes = buffer(call, address, length, perm)
  return bytes === undefined ? -E.FAULT : yield* use(bytes)
}

export const utf8 = new TextDecoder('utf-8', { fatal: true })
export function* withPath(call: Decoded, address: number, length: number, use: (path: string) => Co<number> | number): Co<number> {
  const bytes = buffer(call, address, length, Perm.read)
  if (bytes === undefined) return -E.FAULT
  if (length > 4096) return -E.NAMETOOLONG
  let path: string
  try {
    path = utf8.decode(bytes.slice())
  } catch {
    return -E.INVAL
  }
  const result = use(path)
  return typeof result === 'number' ? result : yield* result
}

/** Copies an answer out; gives its length, or -EFAULT. */
export function copyOut(call: Decoded, address: number, length: number, text: string | number): number {
  if (typeof text === 'number') return text
  const bytes = new TextEncoder().encode(text)
  const part = bytes.subarray(0, Math.max(0, length))
  const into = buffer(call, address, part.length, Perm.write)
  if (into === undefined) return -E.FAULT
  into.set(part)
  return part.length
}

/** Stat as 104 bytes (redox_syscall src/data.rs). */
export function putStat(call: Decoded, address: number, length: number, stat: Stat | number): number {
  if (typeof stat === 'number') return stat
  if (length < 104) return -E.INVAL
  const into = buffer(call, address, 104, Perm.write)
  if (into === undefined) return -E.FAULT
  const view = new DataView(into.buffer, into.byteOffset, 104)
  const wide = (at: number, value: number) => view.setBigUint64(at, BigInt(value), true)
  wide(0, stat.dev)
  wide(8, stat.ino)
  view.setUint16(16, stat.mode, true)
  view.setUint32(20, stat.nlink, true)
  view.setUint32(24, stat.uid, true)
  view.setUint32(28, stat.gid, true)
  wide(32, stat.size)
  view.setUint32(40, stat.blksize, true)
  wide(48, stat.blocks)
  for (const [at, time] of [
    [56, stat.mtime],
    [72, stat.atime],
    [88, stat.ctime],
  ] as const) {
    view.setBigUint64(at, time / 1_000_000_000n, true)
    view.setUint32(at + 8, Number(time % 1_000_000_000n), true)
    view.setUint32(at + 12, 0, true)
  }
  return 0
}

export function getTime(call: Decoded, address: number): bigint | undefined {
  if (!buffer(call, address, 16, Perm.read)) return undefined
  const { memory } = call.cx.process.space
  return memory.getU64(address) * 1_000_000_000n + BigInt(memory.getU32(address + 8))
}

export function putTime(call: Decoded, address: number, time: bigint): number {
  if (!buffer(call, address, 16, Perm.write)) return -E.FAULT
  const { memory } = call.cx.process.space
  memory.setU64(address, time / 1_000_000_000n)
  memory.setU64(address + 8, time % 1_000_000_000n)
  return 0
}

export function unsupported({ kernel, cx }: Decoded, name: string): number {
  kernel.gap(cx.process, 'behaviour unsupported', name, 'answered with EINVAL')
  return -E.INVAL
}
