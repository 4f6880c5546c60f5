/**
 * Names that a program asks for and the model has no row for: each gets a gate of its own, so that the program loads and
 * the gap is met where it is called, by name.
 */
import { Perm } from '@bootgraph/cpu'
import type { Context, Kernel } from '@bootgraph/kernel'
import { type BoundFunction, type FunctionTable, gateId } from '@bootgraph/relibc'

const SLOT = 16
const ROOM = 0x1_0000
/** Bytes of a data symbol that the model lacks. */
const OBJECT = 4096

export class MissingGates implements FunctionTable {
  readonly #table: FunctionTable
  readonly #bridged: (name: string) => boolean
  readonly #addresses = new Map<string, number>()
  readonly #rows = new Map<number, BoundFunction>()
  #next = 0
  #end = 0

  /** `bridged` says of a name that the surface lacks it, so that its first call is recorded. */
  constructor(table: FunctionTable, bridged: (name: string) => boolean) {
    this.#table = table
    this.#bridged = bridged
  }

  /** The same gates for the child of a fork, whose memory was copied. */
  fork(): MissingGates {
    const child = new MissingGates(this.#table, this.#bridged)
    for (const [name, at] of this.#addresses) child.#addresses.set(name, at)
    for (const [id, row] of this.#rows) child.#rows.set(id, row)
    child.#next = this.#next
    child.#end = this.#end
    return child
  }

  get(id: number): BoundFunction | undefined {
    const known = this.#rows.get(id)
    if (known) return known
    const bound = this.#table.get(id)
    if (bound === undefined) return undefined
    const tagged: BoundFunction = this.#bridged(bound.row.name) ? { ...bound, tag: 'bridge' } : bound
    this.#rows.set(id, tagged)
    return tagged
  }

  /** Lets a gate of `name` that stands somewhere already report by name. */
  name(name: string): void {
    this.#rows.set(gateId(name), {
      row: { kind: 'function', name, signature: 'void()', flow: 'leaf', status: 'missing', note: 'no row', fn: () => {} },
      arguments: () => [],
      result: () => {},
    })
  }

  /** Address of the gate of `name`; undefined when memory is out. */
  gate(kernel: Kernel, cx: Context, name: string): number | undefined {
    const known = this.#addresses.get(name)
    if (known !== undefined) return known
    const { memory } = cx.process.cpu
    if (this.#next === this.#end && !this.#room(kernel, cx)) return undefined
    const at = this.#next
    this.#next += SLOT
    memory.setU16(at, 0x3f0f)
    memory.setU32(at + 2, gateId(name))
    this.#addresses.set(name, at)
    this.name(name)
    return at
  }

  /** Zeroed storage for a data symbol without a row; undefined when memory is out. */
  storage(kernel: Kernel, cx: Context, name: string): number | undefined {
    const known = this.#addresses.get(name)
    if (known !== undefined) return known
    const at = kernel.calls.mmap(cx, 0, OBJECT, Perm.read | Perm.write, false, undefined, -1, 0)
    if (at < 0) return undefined
    this.#addresses.set(name, at)
    return at
  }

  #room(kernel: Kernel, cx: Context): boolean {
    // The grant itself says that gates may stand here, so that the child of a fork has them too.
    const at = kernel.calls.mmap(cx, 0, ROOM, Perm.read | Perm.exec | Perm.gate, false, undefined, -1, 0)
    if (at < 0) return false
    this.#next = at
    this.#end = at + ROOM
    return true
  }
}
