/** The calls under way in a process whose context is at a call of the hosted library, or at an instruction that faulted. */
import { type Cpu, Gpr, Perm } from '@bootgraph/cpu'
import { callerOf, Dwarf, functionAt, type Registers } from '@bootgraph/ld-so'
import type { Frame, LoadedObject } from '@bootgraph/relibc'

/** Those that a call leaves as they are, by DWARF's numbers. */
const KEPT: readonly (readonly [dwarf: number, gpr: number])[] = [
  [Dwarf.rbx, Gpr.rbx],
  [Dwarf.rbp, Gpr.rbp],
  [Dwarf.r12, 12],
  [Dwarf.r13, 13],
  [Dwarf.r14, 14],
  [Dwarf.r15, 15],
]

export interface Objects {
  objectAt(address: number): LoadedObject | undefined
  /** The file that code of an object was linked from, where that is another one. */
  inputAt?(address: number): Frame['object'] | undefined
  /** Of a function that begins there. */
  functionName(address: number): string | undefined
}

/**
 * `at`: the instruction. Without it, or where it is in no object, as after a jump to nowhere, the innermost frame is that of a call whose
 * return address is on top of the stack.
 */
export function callersOf({ memory, state }: Cpu, objects: Objects, limit: number, at?: number): Frame[] {
  const settle = (address: number, length: number) => memory.settle(address, length)
  const readable = (address: number, length: number) => memory.accessible(address, length, Perm.read)
  const stack = state.low(Gpr.rsp)
  const registers: (number | undefined)[] = []
  for (const [dwarf, gpr] of KEPT) registers[dwarf] = state.high(gpr) === 0 ? state.low(gpr) : undefined
  const inside = at !== undefined && objects.objectAt(at) !== undefined
  if (!inside) {
    if (!readable(stack, 8)) return []
    registers[Dwarf.rsp] = stack + 8
    registers[Dwarf.returnAddress] = memory.getSize(stack)
  } else {
    registers[Dwarf.rsp] = stack
    // What is looked up is the byte before an address, as a return address lies behind its call.
    registers[Dwarf.returnAddress] = at + 1
  }
  const frames: Frame[] = []
  for (let here: Registers | undefined = registers; here !== undefined && frames.length < limit; ) {
    const address = here[Dwarf.returnAddress]!
    const object = objects.objectAt(address - 1)
    if (object === undefined) break
    const range = functionAt(memory.view, object, address - 1, settle)
    const name = range && objects.functionName(range[0])
    frames.push({
      address: inside && frames.length === 0 ? at : address,
      object: objects.inputAt?.(address - 1) ?? object,
      ...(range ? { function: { start: range[0], ...(name === undefined ? {} : { name }) } } : {}),
    })
    here = callerOf({ view: memory.view, readable, settle }, object, here)
  }
  return frames
}

/** Names that generics have made longer are cut. */
const NAME_LIMIT = 1000

/** `module!function+0xoffset`, or `module!0xplace` where no name is known: the place is the address in the object's file. */
export function describe({ address, object, function: around }: Frame): string {
  if (around?.name === undefined) return `${object.path}!0x${(address - object.base).toString(16)}`
  return `${object.path}!${around.name.slice(0, NAME_LIMIT)}+0x${(address - around.start).toString(16)}`
}
