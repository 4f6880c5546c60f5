/**
 * The interpreter handlers of a process by the shape of an instruction: what it does, operand sizes and kinds. A shape's handler is one
 * small wasm function; it is made when the shape is first decoded, in batches, and is kept between runs if there is a cache.
 */
import type { Instruction } from '../decode/decoder.ts'
import { formNumber, semanticsOf } from '../isa/table.ts'
import { type Body, I32, I64 } from '../wasm/code.ts'
import { functionTable, tableKind } from '../wasm/function-table.ts'
import { encodeModule, type FuncType } from '../wasm/module.ts'
import { baseBytes, baseFunctions, ENTER_HANDLER, HANDLER_SLOTS } from './base-module.ts'
import { type CodeMark, keepCode, NO_CODE, optimise, withCode } from './compiled-code.ts'
import type { TranslationCache } from './cpu.ts'
import { HandlerEmitter } from './handler-emitter.ts'
import { Patterns } from './patterns.ts'

const HANDLER: FuncType = { params: [I32], results: [I32] }
const TYPES: readonly FuncType[] = [
  HANDLER,
  { params: [I32, I32, I32, I32], results: [I32] },
  { params: [I64, I32, I32], results: [I32] },
  { params: [I64, I64, I32], results: [I64] },
  { params: [I32, I32], results: [] },
]
/** In the order of `Import`. */
const IMPORTS = [
  { name: 'access', type: 1 },
  { name: 'divide', type: 2 },
  { name: 'mulHigh', type: 3 },
  { name: 'special', type: 4 },
]
/** Shuffles take their constant from the instruction: one handler each. */
const IMMEDIATE_SHAPE = /^(pshuf|shufp|ps[lr]ldq|cmp[ps][sd]|pinsrw|pextrw)/
const FIRST = ENTER_HANDLER + 1
/** Modules that stay apart, at most, unless there are hardly more handlers than when they last became one. */
const SEPARATE = 16
const GROWTH = 1.25
/** Handlers are optimised together for later runs whenever there are so many more of them. */
const OPTIMISED_GROWTH = 1.1
const CACHE_KEY = { plain: 'handlers', counting: 'counting-handlers' } as const

/** All that an instruction's handler depends on. */
type Shape = number | string
/** Handlers of consecutive slots. */
export interface HandlerModule {
  /** Slot behind its last one. */
  readonly end: number
  readonly module: WebAssembly.Module
}

export class HandlerBook {
  readonly #cache: TranslationCache | undefined
  readonly #key: string
  /** Its handlers count the instructions that they do. */
  readonly counts: boolean
  readonly #slots = new Map<Shape, number>()
  /** By slot, from `FIRST`. */
  #bodies: Body[] = []
  #modules: HandlerModule[] = []
  #pending: Instruction[] = []
  #kept = 0
  #keptPatterns = 0
  /** Handlers of the first module, if those were optimised in an earlier run; and what the cache has machine code of. */
  #settled = 0
  #code = NO_CODE
  #baseCode = NO_CODE
  /** How many handlers became one module last. */
  #together = 0
  /** How often all handlers were forgotten. */
  generation = 1
  /** What was learned of decoding; it names slots of this book. */
  readonly patterns = new Patterns()
  /** `base-module.ts`, with machine code if an earlier run has kept it. */
  readonly base: WebAssembly.Module

  constructor(cache?: TranslationCache, counts = false) {
    this.#cache = cache
    this.#key = `${counts ? CACHE_KEY.counting : CACHE_KEY.plain}-${tableKind()}`
    this.counts = counts
    const bytes = cache?.get(this.#key)
    const stored = cache && bytes && readBook(bytes, cache.sum)
    const base = stored && withCode(cache, this.#key, baseBytes(), stored.base)
    if (base) this.#baseCode = stored.base
    this.base = base ?? new WebAssembly.Module(baseBytes())
    if (!stored) return
    try {
      for (const [i, shape] of stored.shapes.entries()) this.#slots.set(shape, FIRST + i)
      this.#bodies = stored.bodies
      this.#kept = this.#bodies.length
      this.patterns.restore(stored.patterns)
      this.#keptPatterns = this.patterns.version
      const { functions } = stored.code
      const settled = withCode(cache, this.#key, this.#encoded(FIRST, FIRST + functions), stored.code)
      if (settled) {
        this.#modules.push({ end: FIRST + functions, module: settled })
        this.#code = stored.code
        this.#settled = functions
      }
      if (this.#settled < this.#kept) this.#makeModule(FIRST + this.#settled)
    } catch (error) {
      if (!(error instanceof WebAssembly.CompileError)) throw error
      this.clear()
    }
  }
  get shapes(): number {
    return this.#slots.size
  }
  /** Slots that are still free. */
  get room(): number {
    return HANDLER_SLOTS - FIRST - this.#slots.size
  }

  /** The slot of an instruction's handler; it exists after the next `flush`. */
  slot(insn: Instruction): number {
    const shape = shapeOf(insn)
    let slot = this.#slots.get(shape)
    if (slot === undefined) {
      slot = FIRST + this.#slots.size
      this.#slots.set(shape, slot)
      this.#pending.push(insn)
    }
    return slot
  }
  /** Makes the handlers asked for since the last time. Gives the slot behind the last. */
  flush(): number {
    if (this.#pending.length > 0) {
      const from = FIRST + this.#bodies.length
      for (const insn of this.#pending) {
        const emitter = new HandlerEmitter(insn, this.counts)
        semanticsOf(insn.name)(emitter)
        this.#bodies.push(emitter.body())
      }
      this.#pending = []
      this.#makeModule(from)
    }
    return FIRST + this.#bodies.length
  }
  /** The modules with slots from `from` on. Handlers go on to one another faster within a module, so many become one now and then. */
  modulesFrom(from: number): readonly HandlerModule[] {
    const many = this.#modules.length > SEPARATE && this.#bodies.length > this.#together * GROWTH
    const apart = this.#settled > 0 ? 1 : 0
    if (this.#modules.length > apart + 1 && (many || from <= FIRST)) {
      this.#modules = this.#modules.slice(0, apart)
      this.#makeModule(FIRST + this.#settled)
      this.#together = this.#bodies.length
    }
    return this.#modules.filter(({ end }) => end > from)
  }
  #makeModule(at: number): void {
    const end = FIRST + this.#bodies.length
    this.#modules.push({ end, module: new WebAssembly.Module(this.#encoded(at, end)) })
  }
  /** The handlers of slots from `at` to before `end` as a module. */
  #encoded(at: number, end: number): Uint8Array<ArrayBuffer> {
    const functions = this.#bodies.slice(at - FIRST, end - FIRST).map((body) => ({ type: 0, code: { body: () => body } }))
    return encodeModule({
      types: TYPES,
      tables: [{ name: 'table', size: HANDLER_SLOTS }],
      imports: IMPORTS,
      functions,
      elements: { at, functions: functions.map((_, i) => IMPORTS.length + i) },
    })
  }

  /** Forgets all handlers; records made before must not run again. */
  clear(): void {
    this.#slots.clear()
    this.#bodies = []
    this.#modules = []
    this.#pending = []
    this.#kept = 0
    this.#settled = 0
    this.#code = NO_CODE
    this.#together = 0
    this.patterns.clear()
    this.generation++
  }
  /** Gives the cache what was made since the last time. `memory`: of an engine. */
  store(memory: WebAssembly.Memory): void {
    if (this.#cache === undefined || this.#bodies.length === 0) return
    const grown = this.#bodies.length > this.#code.functions * OPTIMISED_GROWTH
    const wanting = this.#cache.compiled !== undefined && (grown || this.#baseCode.functions === 0)
    if (this.#bodies.length === this.#kept && this.patterns.version === this.#keptPatterns && !wanting) return
    this.#kept = this.#bodies.length
    this.#keptPatterns = this.patterns.version
    if (wanting) this.#optimise(this.#cache, memory)
    this.#cache.put(
      this.#key,
      writeBook(
        {
          shapes: [...this.#slots.keys()].slice(0, this.#kept),
          bodies: this.#bodies,
          patterns: this.patterns.save(),
          code: this.#code,
          base: this.#baseCode,
        },
        this.#cache.sum,
      ),
    )
  }
  #optimise(cache: TranslationCache, memory: WebAssembly.Memory): void {
    const bytes = this.#encoded(FIRST, FIRST + this.#kept)
    const module = new WebAssembly.Module(bytes)
    const table = functionTable(HANDLER_SLOTS)
    const imports = Object.fromEntries(IMPORTS.map(({ name }) => [name, () => 0]))
    new WebAssembly.Instance(module, { env: { memory, table, ...imports } })
    const functions = this.#bodies.map((_, i) => table.get(FIRST + i))
    const all = Number.POSITIVE_INFINITY
    this.#code = keepCode(cache, this.#key, other(CODE.handlers, this.#code), module, optimise(cache.compiled!, functions, all))
    const base = optimise(cache.compiled!, baseFunctions(this.base, memory), all)
    this.#baseCode = keepCode(cache, this.#key, other(CODE.base, this.#baseCode), this.base, base)
  }
}

/** Values with machine code, each or the second one behind it. */
const CODE = { handlers: 0, base: 1 } as const
/** The one that the cache does not name now: who reads meanwhile must find that as it is. */
const other = (value: number, { functions, value: named }: CodeMark): number => (functions > 0 && named === value ? value + 2 : value)

function shapeOf(insn: Instruction): Shape {
  const form = formNumber(insn)
  if (!takesConstant(insn.name)) return form
  const last = insn.operands.at(-1)
  return last?.kind === 'i' ? `${form}#${last.value}` : form
}
const constants = new Map<string, boolean>()
/** Whether instructions of this name have a handler for each constant. */
export function takesConstant(name: string): boolean {
  let takes = constants.get(name)
  if (takes === undefined) constants.set(name, (takes = IMMEDIATE_SHAPE.test(name)))
  return takes
}

interface StoredBook {
  readonly shapes: readonly Shape[]
  readonly bodies: Body[]
  readonly patterns: Uint8Array
  readonly code: CodeMark
  readonly base: CodeMark
}

/** u32 length of a JSON header, the header with shapes, lengths and unlikely branches, the bodies, the patterns, u32 of checksum. */
function writeBook({ shapes, bodies, patterns, code, base }: StoredBook, sumOf: TranslationCache['sum']): Uint8Array {
  const header = new TextEncoder().encode(
    JSON.stringify({ shapes, code, base, bodies: bodies.map(({ bytes, unlikely }) => [bytes.length, unlikely]) }),
  )
  const parts = [header, ...bodies.map((each) => each.bytes), patterns]
  const size = parts.reduce((sum, each) => sum + each.length, 4)
  const out = new Uint8Array(size + 4)
  const view = new DataView(out.buffer)
  view.setUint32(0, header.length, true)
  let at = 4
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  view.setUint32(size, sumOf(out.subarray(0, size)), true)
  return out
}

/** Undefined for bytes that `writeBook` did not write, or not all of them. */
function readBook(bytes: Uint8Array, sumOf: TranslationCache['sum']): StoredBook | undefined {
  if (bytes.length < 8) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const size = bytes.length - 4
  if (view.getUint32(size, true) !== sumOf(bytes.subarray(0, size))) return undefined
  let at = 4 + view.getUint32(0, true)
  const {
    shapes,
    code,
    base,
    bodies: shaped,
  } = JSON.parse(new TextDecoder().decode(bytes.subarray(4, at))) as {
    shapes: Shape[]
    code: CodeMark
    base: CodeMark
    bodies: [length: number, unlikely: number[]][]
  }
  const bodies = shaped.map(([length, unlikely]): Body => ({ bytes: bytes.slice(at, (at += length)), unlikely }))
  return { shapes, bodies, patterns: bytes.slice(at, size), code, base }
}
