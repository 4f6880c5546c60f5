/** Cases for every row of the opcode maps, on the host and on an engine. */
import { decode, type Instruction } from '../../src/decode/decoder.ts'
import type { CpuOptions } from '../../src/index.ts'
import { At, Batch, SLOT, slotAt } from './batch.ts'
import { difference } from './compare.ts'
import { encode, FORMS, type Form, nameOf, shapesOf } from './encodings.ts'
import { NotFault, runOnEngine } from './engine.ts'
import type { Host } from './host.ts'
import { Random } from './random.ts'
import { fillState, type StateOptions } from './states.ts'

/** They leave the program, ask the processor what it is, or are the kernel's and differ between vendors. */
const NOT_COMPARED = /^(syscall|gate|cpuid|rdtsc|hlt E.*)$/
/** Instructions of one batch. */
const BATCH = 4096

export const COMPARED: readonly Form[] = FORMS.filter((form) => !NOT_COMPARED.test(nameOf(form)) && !NOT_COMPARED.test(form.row))

export interface SuiteOptions {
  readonly seed: number
  /** Encodings of each shape, and states of each encoding. */
  readonly variants: number
  readonly states: number
  readonly state?: StateOptions
  readonly engine?: CpuOptions
  readonly forms?: readonly Form[]
}

export interface Outcome {
  readonly cases: number
  /** Instructions that were translated. */
  readonly translated: number
  /** One line per difference. */
  readonly differences: string[]
  /** Encodings that the engine reported as ones that it lacks. */
  readonly unsupported: ReadonlySet<string>
}

interface Encoded {
  readonly bytes: Uint8Array
  readonly row: string
  readonly insn: Instruction
}

/** The instruction as it lies in its slot. */
function inSlot(bytes: Uint8Array, row: string, at: number): Encoded {
  const slot = new Uint8Array(SLOT).fill(0xcc)
  slot.set(bytes)
  return { bytes, row, insn: decode(slot, at)! }
}

/** Machine code from elsewhere, each an instruction by itself; `row` is what a difference is told with. */
export function compareInstructions(
  host: Host,
  instructions: readonly { readonly row: string; readonly bytes: Uint8Array }[],
  options: Pick<SuiteOptions, 'seed' | 'states' | 'engine'>,
): Outcome {
  const random = new Random(options.seed)
  const differences: string[] = []
  const unsupported = new Set<string>()
  const encoded = instructions.map(({ bytes, row }, i) => inSlot(bytes, row, slotAt(i)))
  const translated = compareBatch(host, encoded, random, options, differences, unsupported)
  return { cases: encoded.length * options.states, translated, differences, unsupported }
}

export function compareWithHost(host: Host, options: SuiteOptions): Outcome {
  const random = new Random(options.seed)
  const shapes = (options.forms ?? COMPARED).flatMap(shapesOf)
  const wanted = shapes.flatMap((shape) => Array.from({ length: options.variants }, () => shape))
  const differences: string[] = []
  const unsupported = new Set<string>()
  let translated = 0
  for (let first = 0; first < wanted.length; first += BATCH) {
    const encoded = wanted
      .slice(first, first + BATCH)
      .map((shape, i) => inSlot(encode(shape, random, slotAt(i)), shape.form.row, slotAt(i)))
    translated += compareBatch(host, encoded, random, options, differences, unsupported)
  }
  return { cases: wanted.length * options.states, translated, differences, unsupported }
}

function compareBatch(
  host: Host,
  encoded: readonly Encoded[],
  random: Random,
  options: Pick<SuiteOptions, 'states' | 'state' | 'engine'>,
  differences: string[],
  unsupported: Set<string>,
): number {
  const { states } = options
  const instructions = encoded.map((each) => each.bytes)
  const batch = new Batch(instructions, encoded.length * states)
  for (const [i, each] of batch.cases.entries()) {
    const n = Math.floor(i / states)
    fillState(each, encoded[n].insn, slotAt(n), random, options.state)
  }
  const theirs = host.run(batch)
  const ours = runOnEngine(batch, options.engine)
  let lacking = false
  for (const [i, from] of batch.cases.entries()) {
    const { insn, bytes, row } = encoded[Math.floor(i / states)]
    const hex = Buffer.from(bytes).toString('hex')
    if (ours.results[i].get(At.vector) === BigInt(NotFault.unsupported)) {
      unsupported.add(row.startsWith('x87') ? `x87 ${hex.slice(-4)}` : row)
      lacking = true
      continue
    }
    const differs = difference(insn, from, ours.results[i], theirs.results[i])
    // Where fxsave puts the vendor's mask of MXCSR may lie outside.
    lacking ||= insn.name === 'fxsave'
    if (differs !== undefined) differences.push(`${row} [${hex}] ${insn.name}.${insn.width}: ${differs}`)
  }
  if (!lacking && !ours.writable.equals(theirs.writable)) differences.push('memory outside of the windows')
  return ours.translated
}
