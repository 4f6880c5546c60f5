/**
 * Tables of functions that take an i32 and give one. Where the host has tables of a single type (typed function references), a call by one need
 * not look at the type of what it calls; elsewhere they are ordinary tables.
 */
import { Code, I32 } from './code.ts'

/** Type index of these functions in every module that has such a table. */
export const FUNCTION_TYPE = 0

/** How a host wants a reference to a function of one type written, and a table that is filled with one from the start. */
interface Dialect {
  readonly name: string
  readonly reference: number
  readonly filled: readonly number[]
}
const DIALECTS: readonly Dialect[] = [
  { name: 'typed', reference: 0x64, filled: [0x40, 0x00] },
  // V8 11.
  { name: 'early', reference: 0x6b, filled: [0x40] },
]
const FUNCREF = 0x70

let found: Dialect | 'none' | undefined
function dialect(): Dialect | undefined {
  found ??= DIALECTS.find((each) => WebAssembly.validate(owner(each, 1))) ?? 'none'
  return found === 'none' ? undefined : found
}
/** Modules with such tables are for hosts of the same kind. */
export const tableKind = (): string => dialect()?.name ?? 'plain'

/** A module that exports a table of functions, each of which is unreachable. */
function owner({ reference, filled }: Dialect, size: number): Uint8Array<ArrayBuffer> {
  const out = new Code(0).op(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)
  const section = (id: number, ...content: number[]) =>
    out
      .op(id)
      .u32(content.length)
      .op(...content)
  section(1, 1, 0x60, 1, I32, 1, I32)
  section(3, 1, FUNCTION_TYPE)
  const table = new Code(0)
    .op(1, ...filled, reference, FUNCTION_TYPE, 1)
    .u32(size)
    .u32(size)
    .op(0xd2, 0, 0x0b)
  section(4, ...table.bytes)
  section(7, 1, 1, 't'.charCodeAt(0), 1, 0)
  section(10, 1, 3, 0, 0x00, 0x0b)
  return out.bytes.slice()
}

/** A table of so many functions, which is also the most that it can have. */
export function functionTable(size: number): WebAssembly.Table {
  const typed = dialect()
  if (typed === undefined) return new WebAssembly.Table({ element: 'anyfunc', initial: size, maximum: size })
  return new WebAssembly.Instance(new WebAssembly.Module(owner(typed, size))).exports.t as WebAssembly.Table
}

/** Writes the description of a table of so many functions, as an import has it. */
export function describeTable(code: Code, size: number): void {
  const typed = dialect()
  if (typed) code.op(typed.reference, FUNCTION_TYPE)
  else code.op(FUNCREF)
  code.op(1).u32(size).u32(size)
}

/** Writes an element segment for the module's first table. `at` writes the first slot as a constant expression. */
export function fillTable(code: Code, at: (code: Code) => void, functions: readonly number[]): void {
  const typed = dialect()
  if (typed) code.u32(6).u32(0)
  else code.u32(0)
  at(code)
  code.op(0x0b)
  if (typed) code.op(typed.reference, FUNCTION_TYPE)
  code.u32(functions.length)
  for (const index of functions) {
    if (typed) code.op(0xd2).u32(index).op(0x0b)
    else code.u32(index)
  }
}
