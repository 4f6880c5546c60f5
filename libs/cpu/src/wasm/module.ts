/** A WebAssembly module from function bodies: imports first, one memory, tables of which the first may be filled. */
import { type Body, Code, I32 } from './code.ts'
import { describeTable, fillTable } from './function-table.ts'

export interface FuncType {
  readonly params: readonly number[]
  readonly results: readonly number[]
}

export interface ModuleShape {
  readonly types: readonly FuncType[]
  /** Imported functions "env"."name" by type index; their function indices come first. */
  readonly imports: readonly { readonly name: string; readonly type: number }[]
  readonly functions: readonly { readonly type: number; readonly code: { body(): Body }; readonly export?: string }[]
  /** Imported tables "env"."name" of functions of the first type. */
  readonly tables: readonly { readonly name: string; readonly size: number }[]
  /** Function indices for consecutive slots of the first table, from `at` or from the imported global "env"."base". */
  readonly elements?: { readonly at: number | 'base'; readonly functions: readonly number[] }
}

/** Pages of the imported memory "env"."memory": minimum and maximum. */
const MEMORY_PAGES = 65_520

export function encodeModule(shape: ModuleShape): Uint8Array<ArrayBuffer> {
  const out = new Code(0).op(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)
  const section = (id: number, content: Code) => {
    out.op(id).u32(content.length).append(content.bytes)
  }
  const name = (code: Code, text: string) => code.u32(text.length).append(new TextEncoder().encode(text))

  const types = new Code(0).u32(shape.types.length)
  for (const { params, results } of shape.types) {
    types
      .op(0x60)
      .u32(params.length)
      .op(...params)
      .u32(results.length)
      .op(...results)
  }
  section(1, types)

  const based = shape.elements?.at === 'base'
  const imports = new Code(0).u32(1 + shape.tables.length + (based ? 1 : 0) + shape.imports.length)
  name(name(imports, 'env'), 'memory').op(2, 1).u32(MEMORY_PAGES).u32(MEMORY_PAGES)
  for (const each of shape.tables) describeTable(name(name(imports, 'env'), each.name).op(1), each.size)
  if (based) name(name(imports, 'env'), 'base').op(3, I32, 0)
  for (const each of shape.imports) name(name(imports, 'env'), each.name).op(0).u32(each.type)
  section(2, imports)

  const functions = new Code(0).u32(shape.functions.length)
  for (const each of shape.functions) functions.u32(each.type)
  section(3, functions)

  const exported = shape.functions
    .map((each, i) => ({ ...each, index: shape.imports.length + i }))
    .filter((each) => each.export !== undefined)
  const exports = new Code(0).u32(exported.length)
  for (const each of exported) name(exports, each.export!).op(0).u32(each.index)
  section(7, exports)

  if (shape.elements) {
    const { at, functions } = shape.elements
    const elements = new Code(0).u32(1)
    fillTable(elements, (code) => (at === 'base' ? code.op(0x23).u32(0) : code.i32(at)), functions)
    section(9, elements)
  }

  const bodies = shape.functions.map((each) => each.code.body())
  const hints = branchHints(bodies, shape.imports.length)
  if (hints) section(0, name(new Code(0), 'metadata.code.branch_hint').append(hints.bytes))
  const code = new Code(0).u32(bodies.length)
  for (const { bytes } of bodies) code.u32(bytes.length).append(bytes)
  section(10, code)
  return out.bytes.slice()
}

/** Which branches are unlikely (WebAssembly branch hinting), by function index from `first` on; undefined if none is. */
function branchHints(bodies: readonly Body[], first: number): Code | undefined {
  const hinted = bodies.map(({ unlikely }, i) => ({ index: first + i, unlikely })).filter(({ unlikely }) => unlikely.length > 0)
  if (hinted.length === 0) return undefined
  const code = new Code(0).u32(hinted.length)
  for (const { index, unlikely } of hinted) {
    code.u32(index).u32(unlikely.length)
    // One byte each: 0 is unlikely.
    for (const at of unlikely) code.u32(at).u32(1).op(0)
  }
  return code
}
