/** Signatures compiled once into readers of arguments and a writer of the result, by the System V AMD64 ABI §3.2.3. */
import { type CpuState, Gpr, type GuestMemory, Perm } from '@bootgraph/cpu'
import { INTEGER_ARGUMENTS } from './argument-registers.ts'
import type { LibcCall } from './call.ts'
import type { LeafFn } from './define.ts'
import { VaList } from './va-list.ts'

export type ReadArguments = (c: LibcCall) => unknown[]
export type WriteResult = (c: LibcCall, value: unknown) => void

const VECTOR_ARGUMENTS = 8

/** Reads a 64-bit slot at an address as a class; zero where the guest's stack is not readable. */
function slot(memory: GuestMemory, at: number, kind: string): unknown {
  const readable = memory.accessible(at, kind === 'f80' ? 16 : 8, Perm.read)
  if (kind === 'f80') return readable ? memory.bytes(at, 10).slice() : new Uint8Array(10)
  if (kind === 'i64') return readable ? BigInt.asIntN(64, memory.getU64(at)) : 0n
  if (kind === 'u64') return readable ? memory.getU64(at) : 0n
  if (!readable) return 0
  if (kind === 'int') return memory.getI32(at)
  if (kind === 'uint') return memory.getU32(at)
  if (kind === 'long') return memory.getI32(at + 4) * 0x1_0000_0000 + memory.getU32(at)
  if (kind === 'f64') return memory.getF64(at)
  if (kind === 'f32') return memory.view.getFloat32(at, true)
  return memory.getSize(at)
}

type NumberReader = (s: CpuState, r: number) => number
const NUMBER_READERS: Readonly<Record<string, NumberReader>> = {
  int: (s, r) => s.low(r) | 0,
  uint: (s, r) => s.low(r),
  long: (s, r) => (s.high(r) | 0) * 0x1_0000_0000 + s.low(r),
  size: (s, r) => s.high(r) * 0x1_0000_0000 + s.low(r),
  ptr: (s, r) => s.high(r) * 0x1_0000_0000 + s.low(r),
  va_list: (s, r) => s.high(r) * 0x1_0000_0000 + s.low(r),
}
const INTEGER_READERS: Readonly<Record<string, (s: CpuState, r: number) => number | bigint>> = {
  ...NUMBER_READERS,
  i64: (s, r) => BigInt.asIntN(64, s.get(r)),
  u64: (s, r) => s.get(r),
}

/**
 * A leaf function of whole numbers and pointers as one call without a list of arguments, or undefined for any other: these are the functions
 * that programs call most.
 */
export function compileLeaf(fn: LeafFn, result: string, parameters: readonly string[]): ((c: LibcCall) => void) | undefined {
  const readers = parameters.map((kind): NumberReader | undefined => NUMBER_READERS[kind])
  if (readers.includes(undefined) || readers.length > 4 || !(result === 'void' || result in NUMBER_READERS)) return undefined
  const [r0, r1, r2, r3] = readers as NumberReader[]
  const [a, b, d, e] = INTEGER_ARGUMENTS
  const calls: ((c: LibcCall) => unknown)[] = [
    (c) => fn(c),
    (c) => fn(c, r0(c.state, a)),
    (c) => fn(c, r0(c.state, a), r1(c.state, b)),
    (c) => fn(c, r0(c.state, a), r1(c.state, b), r2(c.state, d)),
    (c) => fn(c, r0(c.state, a), r1(c.state, b), r2(c.state, d), r3(c.state, e)),
  ]
  const call = calls[readers.length]
  if (result === 'void') return call
  return (c) => {
    const value = call(c)
    if (typeof value === 'number') c.state.setNumber(Gpr.rax, value)
    else c.state.set(Gpr.rax, BigInt((value as bigint | undefined) ?? 0))
  }
}

const f32Of = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true)

/** Result first, then the arguments. Throws on a class that does not exist: a signature is code, not input. */
export function parseSignature(signature: string): { result: string; parameters: readonly string[] } {
  const match = /^(\w+)\(([^)]*)\)$/.exec(signature)
  if (match === null) throw new Error(`signature '${signature}' is not 'result(class, …)'`)
  const parameters = match[2]
    .split(',')
    .map((p) => p.trim())
    .filter((p) => p !== '')
  for (const [i, p] of parameters.entries()) {
    const known =
      p in INTEGER_READERS || p === 'c32' || p === 'f32' || p === 'f64' || p === 'f80' || (p === '...' && i === parameters.length - 1)
    if (!known) throw new Error(`signature '${signature}': no argument class '${p}'`)
  }
  return { result: match[1], parameters }
}

export function compileArguments(parameters: readonly string[]): ReadArguments {
  let integers = 0
  let vectors = 0
  let stack = 8
  const readers = parameters.map((kind): ((c: LibcCall) => unknown) => {
    if (kind === '...') {
      const [usedIntegers, usedVectors, overflow] = [integers, vectors, stack]
      return (c) => VaList.ofCall(c, usedIntegers, usedVectors, overflow)
    }
    const integer = INTEGER_READERS[kind]
    if (integer !== undefined && integers < INTEGER_ARGUMENTS.length) {
      const register = INTEGER_ARGUMENTS[integers++]
      return (c) => integer(c.state, register)
    }
    if ((kind === 'f64' || kind === 'f32' || kind === 'c32') && vectors < VECTOR_ARGUMENTS) {
      const register = vectors++
      if (kind === 'c32') return (c) => [f32Of(c.state.xmm(register)), f32Of(c.state.xmm(register).subarray(4))]
      return kind === 'f64' ? (c) => c.state.xmmF64(register) : (c) => f32Of(c.state.xmm(register))
    }
    // The return address lies at rsp, so that a long double's 16-byte alignment counts from rsp + 8.
    if (kind === 'f80') stack = ((stack + 7) & ~15) + 8
    const at = stack
    stack += kind === 'f80' ? 16 : 8
    return (c) => slot(c.memory, c.state.low(Gpr.rsp) + at, kind)
  })
  return (c) => readers.map((read) => read(c))
}

/** The processor's own NaN of an invalid operation has its sign bit set (SDM vol. 1 §4.8.3.7). */
const INVALID_F64 = 0xfff8_0000n << 32n
const INVALID_F32 = 0xffc0_0000
const QUIET_F64 = 1n << 51n
const QUIET_F32 = 0x0040_0000

/**
 * A NaN that a leaf function of floating-point arguments gives is what the processor would: the first argument that is one, made
 * quiet, or the one of an invalid operation. The arguments are still in their registers.
 */
function nanOf(c: LibcCall, arguments_: number, single: boolean): void {
  const out = c.state.xmm(0)
  const to = new DataView(out.buffer, out.byteOffset)
  for (let i = 0; i < arguments_; i++) {
    const bytes = c.state.xmm(i)
    const from = new DataView(bytes.buffer, bytes.byteOffset)
    if (!Number.isNaN(single ? from.getFloat32(0, true) : from.getFloat64(0, true))) continue
    if (single) to.setUint32(0, from.getUint32(0, true) | QUIET_F32, true)
    else to.setBigUint64(0, from.getBigUint64(0, true) | QUIET_F64, true)
    return
  }
  if (single) to.setUint32(0, INVALID_F32, true)
  else to.setBigUint64(0, INVALID_F64, true)
}

/** A function that gives nothing where its class promises a value leaves 0. */
export function compileResult(kind: string, parameters: readonly string[]): WriteResult {
  const reals = parameters.filter((each) => each === kind).length
  switch (kind) {
    case 'void':
      return () => {}
    case 'f64':
      return (c, v) => {
        const value = Number(v ?? 0)
        if (reals > 0 && Number.isNaN(value)) nanOf(c, reals, false)
        else c.state.setXmmF64(0, value)
      }
    case 'f32':
      return (c, v) => {
        const value = Number(v ?? 0)
        const bytes = c.state.xmm(0)
        if (reals > 0 && Number.isNaN(value)) nanOf(c, reals, true)
        else new DataView(bytes.buffer, bytes.byteOffset).setFloat32(0, value, true)
      }
    case 'f64nan':
      return (c, v) => c.state.setXmmF64(0, v as number)
    case 'f32nan':
      return (c, v) => {
        const bytes = c.state.xmm(0)
        new DataView(bytes.buffer, bytes.byteOffset).setFloat32(0, v as number, true)
      }
    case 'c64':
      return (c, v) => {
        for (const [i, part] of (v as readonly number[]).entries()) c.state.setXmmF64(i, part)
      }
    case 'c32':
      return (c, v) => {
        const bytes = c.state.xmm(0)
        const view = new DataView(bytes.buffer, bytes.byteOffset)
        for (const [i, part] of (v as readonly number[]).entries()) view.setFloat32(4 * i, part, true)
      }
    case 'f80':
      return (c, v) => c.state.pushSt(v as Uint8Array)
    case 'int':
    case 'uint':
    case 'long':
    case 'size':
    case 'ptr':
    case 'i64':
    case 'u64':
      return (c, v) => {
        if (typeof v === 'number' && v >= 0) c.state.setNumber(Gpr.rax, v)
        else c.state.set(Gpr.rax, BigInt((v as number | bigint | undefined) ?? 0))
      }
    default:
      throw new Error(`no result class '${kind}'`)
  }
}
