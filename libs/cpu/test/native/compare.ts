/** Differences between what the host's processor and an engine made of one case. */
import type { Instruction } from '../../src/decode/decoder.ts'
import { At, type Case, Fx, GUARD_AT, type Result } from './batch.ts'
import { PLAIN_MXCSR } from './engine.ts'
import { endsByMake, takeChoices } from './makes.ts'
import { isTranscendental, undefinedFlags } from './undefined.ts'

const NAMES = ['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15']
/** CF PF AF ZF SF DF OF. */
const FLAGS = 0xcd5n
const PAGE_FAULT = 14n
const FAULTS = new Set([12n, 13n, 14n])
const MANY_BYTES = /^(fxsave|fxrstor|x87|maskmovdqu|enter)$/
const GUARD_PAGE = BigInt(GUARD_AT >> 12)
/** The last page below the hole belongs to the kernel's half as well. */
const KERNEL_HALF = (1n << 47n) - 4096n

const CONTROL = 0xffc0
/** Their relative error (SDM vol. 2), and what tiny results may be instead of 0. */
const APPROXIMATE = /^(rcp|rsqrt)[ps]s$/
const APPROXIMATION = 1.51 * 2 ** -12
const LEAST = 2 ** -125
/** Of x87's status word. */
const C1 = 0x200

const hex = (value: bigint | Buffer): string => (typeof value === 'bigint' ? value.toString(16) : value.toString('hex'))

/** The first difference in words, undefined if there is none. Ours first. */
export function difference(insn: Instruction, from: Case, ours: Result, host: Result): string | undefined {
  const numbers = (offset: number, mask = -1n): string | undefined => {
    const [a, b] = [ours.get(offset) & mask, host.get(offset) & mask]
    return a === b ? undefined : `${hex(a)}, host ${hex(b)}`
  }
  // Of two operands that fault, either may be reported; flags of elements before a fault may be kept or not.
  const compares = /^(cmps|scas|implied)$/.test(insn.name)
  if (compares && FAULTS.has(ours.get(At.vector)) && FAULTS.has(host.get(At.vector))) return undefined
  if (endsByMake(insn, ours, host)) return undefined
  takeChoices(insn, from, ours, host)
  const vector = numbers(At.vector)
  if (vector !== undefined)
    return `vector ${vector} (rip ${numbers(At.rip) ?? 'equal'}, code ${numbers(At.code) ?? 'equal'}, address ${numbers(At.address) ?? 'equal'})`
  const rip = numbers(At.rip)
  if (rip !== undefined) return `rip ${rip}`
  if (ours.get(At.vector) === PAGE_FAULT) {
    // Of an operand of many bytes in several pages, the processor may look at any first.
    const differs = MANY_BYTES.test(insn.name) ? undefined : numbers(At.address)
    if (differs !== undefined) return `address ${differs}`
    // The host's kernel hides what lies in its half, and keeps a page without rights as an absent one.
    const address = host.get(At.address)
    const code =
      address >= KERNEL_HALF || MANY_BYTES.test(insn.name) ? undefined : numbers(At.code, address >> 12n === GUARD_PAGE ? ~1n : -1n)
    if (code !== undefined) return `error code ${code}`
  }
  const undefinedNow = undefinedFlags(insn, from)
  if (undefinedNow === 'all') return undefined
  for (let i = 0; i < 16; i++) {
    const register = numbers(At.gpr + i * 8)
    if (register !== undefined) return `${NAMES[i]} ${register}`
  }
  const flags = numbers(At.rflags, FLAGS & ~BigInt(undefinedNow))
  if (flags !== undefined) return `flags ${flags}`
  if (insn.name === 'fxsave') hideMask(ours, host)
  if (APPROXIMATE.test(insn.name)) takeNear(ours.fx, host.fx, insn)
  return (
    differentFx(ours.fx, host.fx, from.fx.readUInt32LE(Fx.mxcsr) === PLAIN_MXCSR ? CONTROL : -1, isTranscendental(insn)) ??
    differentBytes('middle', ours.middle, host.middle) ??
    differentBytes('tail', ours.tail, host.tail)
  )
}

/** Lanes of a result that are as near to each other as two approximations within the promised error are count as equal. */
function takeNear(ours: Buffer, host: Buffer, insn: Instruction): void {
  const [to] = insn.operands
  if (to.kind !== 'x') return
  for (let at = Fx.xmm + to.index * 16, end = at + 16; at < end; at += 4) {
    const [a, b] = [ours.readFloatLE(at), host.readFloatLE(at)]
    const flushed = Math.abs(a) < LEAST && Math.abs(b) < LEAST
    if (Math.abs(a - b) <= Math.abs(b) * APPROXIMATION || flushed) ours.writeUInt32LE(host.readUInt32LE(at), at)
  }
}

/** fxsave tells which bits of MXCSR the processor has: vendors differ, so what it stored there is not compared. */
function hideMask(ours: Result, host: Result): void {
  for (const window of ['middle', 'tail'] as const) {
    for (let at = 0; at + 4 <= ours[window].length; at += 2) {
      const [a, b] = [ours, host].map((each) => each[window].readUInt32LE(at))
      if (a === 0xffff && b === 0x2_ffff) ours[window][at + 2] = 2
    }
  }
}

/** How many values of the format lie between two of the same sign. */
function placesApart(a: Buffer, b: Buffer): bigint {
  const rank = (each: Buffer): bigint => {
    const [sig, high] = [each.readBigUInt64LE(0), each.readUInt16LE(8)]
    const size = (BigInt(Math.max((high & 0x7fff) - 1, 0)) << 63n) + sig
    return high & 0x8000 ? -size : size
  }
  const by = rank(a) - rank(b)
  return by < 0n ? -by : by
}

function differentBytes(name: string, ours: Buffer, host: Buffer): string | undefined {
  if (ours.equals(host)) return undefined
  const at = ours.findIndex((byte, i) => byte !== host[i])
  return `${name}+${at} ${hex(ours.subarray(at, at + 16))}, host ${hex(host.subarray(at, at + 16))}`
}

/** `near`: x87 registers may be a last place apart, and C1, which says which way was rounded, may differ. */
function differentFx(ours: Buffer, host: Buffer, mxcsrMask: number, near: boolean): string | undefined {
  for (let i = 0; i < 16; i++) {
    const at = Fx.xmm + i * 16
    const [a, b] = [ours.subarray(at, at + 16), host.subarray(at, at + 16)]
    if (!a.equals(b)) return `xmm${i} ${hex(a)}, host ${hex(b)}`
  }
  const [a, b] = [ours, host].map((each) => each.readUInt32LE(Fx.mxcsr) & mxcsrMask)
  if (a !== b) return `mxcsr ${a.toString(16)}, host ${b.toString(16)}`
  for (const [name, at] of [
    ['fcw', Fx.control],
    ['fsw', Fx.status],
    ['tags', Fx.tags],
  ] as const) {
    const ignored = near && name === 'fsw' ? C1 : 0
    const [a, b] = name === 'tags' ? [ours[at], host[at]] : [ours.readUInt16LE(at) & ~ignored, host.readUInt16LE(at) & ~ignored]
    if (a !== b) return `${name} ${a.toString(16)}, host ${b.toString(16)}`
  }
  for (let i = 0; i < 8; i++) {
    const at = Fx.st + i * 16
    const [a, b] = [ours.subarray(at, at + 10), host.subarray(at, at + 10)]
    if (!a.equals(b) && !(near && placesApart(a, b) <= 1n)) return `st${i} ${hex(a)}, host ${hex(b)}`
  }
  return undefined
}
