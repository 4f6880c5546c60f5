/** All rows of all headers by name and by gate, with their marshalling. */
import type { BoundFunction, FunctionTable } from '../platform/dispatch-port.ts'
import { type FunctionRow, gateId, type HeaderTable, type LeafFn, type ObjectRow } from './define.ts'
import { compileArguments, compileLeaf, compileResult, parseSignature } from './marshal.ts'

export interface Registry extends FunctionTable {
  /** Every exported function name, aliases included, in header order. */
  readonly functions: ReadonlyMap<string, BoundFunction>
  readonly objects: ReadonlyMap<string, ObjectRow>
  /** Names that share the storage of another object: alias to the row's name. */
  readonly objectAliases: ReadonlyMap<string, string>
}

function bind(row: FunctionRow): BoundFunction {
  const { result, parameters } = parseSignature(row.signature)
  const invoke = row.flow === 'leaf' ? compileLeaf(row.fn as LeafFn, result, parameters) : undefined
  return { row, arguments: compileArguments(parameters), result: compileResult(result, parameters), ...(invoke ? { invoke } : {}) }
}

/** Throws on a name twice, a gate id shared by two names, an alias of nothing or a bad signature. */
export function collect(headers: readonly HeaderTable[]): Registry {
  const functions = new Map<string, BoundFunction>()
  const objects = new Map<string, ObjectRow>()
  const objectAliases = new Map<string, string>()
  const gates = new Map<number, BoundFunction>()
  const add = (name: string, bound: BoundFunction): void => {
    if (functions.has(name) || objects.has(name)) throw new Error(`symbol '${name}' has two rows`)
    const id = gateId(name)
    const other = gates.get(id)
    if (other !== undefined) throw new Error(`'${name}' and '${other.row.name}' share a gate id`)
    functions.set(name, bound)
    gates.set(id, bound)
  }
  const rows = headers.flatMap((header) => header.rows)
  for (const row of rows) {
    if (row.kind === 'function') add(row.name, bind(row))
    else if (row.kind === 'object') {
      if (functions.has(row.name) || objects.has(row.name)) throw new Error(`symbol '${row.name}' has two rows`)
      objects.set(row.name, row)
    }
  }
  for (const row of rows) {
    if (row.kind !== 'alias') continue
    const target = functions.get(row.of)
    const object = objects.get(row.of)
    if (target !== undefined) add(row.name, target)
    else if (object !== undefined) {
      objects.set(row.name, { ...object, name: row.name })
      objectAliases.set(row.name, row.of)
    } else throw new Error(`alias '${row.name}' of '${row.of}', which has no row`)
  }
  return { functions, objects, objectAliases, get: (id) => gates.get(id) }
}
