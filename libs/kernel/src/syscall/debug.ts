/** System calls in words, for traces: names, arguments that can be read, errors by their names. */
import { type GuestMemory, Perm } from '@bootgraph/cpu'
import { E } from '../abi/error.ts'
import { O } from '../abi/flag.ts'
import type { KernelCalls } from '../calls.ts'
import type { Context } from '../context/context.ts'
import type { SyscallRow } from './table.ts'

const ERRORS: ReadonlyMap<number, string> = new Map(Object.entries(E).map(([name, number]) => [number, `E${name}`]))
/** Bytes of a text that are shown. */
const SHOWN = 48

/** The name of an error number, or the number. */
export const errorName = (errno: number): string => ERRORS.get(errno) ?? String(errno)

const ESCAPES: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 34: '\\"', 92: '\\\\' }

/** Bytes in quotes as C has them, cut where they are many. */
export function quoted(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes.subarray(0, SHOWN)) {
    const plain = byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`
    text += ESCAPES[byte] ?? plain
  }
  return `"${text}"${bytes.length > SHOWN ? '…' : ''}`
}

/** A pointer. */
export const address = (value: number): string => (value === 0 ? '0' : value < 0 ? String(value) : `0x${value.toString(16)}`)

/** Bytes of the guest in quotes, or their address where they cannot be read. */
export function quotedAt(memory: GuestMemory, at: number, length: number): string {
  const shown = Math.min(length, SHOWN + 1)
  if (at === 0 || length < 0 || !memory.accessible(at, shown, Perm.read)) return address(at)
  return quoted(memory.bytes(at, shown))
}

/** An argument in words; of what the call fills in, a function of its result, which is undefined while the call is under way. */
export type ArgumentText = string | ((result: number | undefined) => string)

/** A call whose line is not written yet. */
export interface OpenCall {
  readonly tid: number
  readonly name: string
  readonly args: readonly ArgumentText[]
  /** Its beginning has been written, because another context's line came before its end. */
  shown: boolean
}

/**
 * One line per call, written when it ends: `TID name(arguments) = result`. What another context interrupts is written in two parts, the first
 * ending in `<unfinished ...>`, the second beginning with `<... name resumed>`; a call that never ends has the first alone. Calls of one
 * context may lie within each other, as those of a comparison function in qsort: the inner ones are written first.
 */
export class CallTrace {
  readonly #emit: (line: string) => void
  readonly #open = new Set<OpenCall>()

  constructor(emit: (line: string) => void) {
    this.#emit = emit
  }
  begin(tid: number, name: string, args: readonly ArgumentText[]): OpenCall {
    this.#showOthers(tid)
    const call = { tid, name, args, shown: false }
    this.#open.add(call)
    if (LEAVES.test(name)) this.#show(call)
    return call
  }
  /** `text` = the result in words; without it the call gives nothing. */
  end(call: OpenCall, text?: string, result?: number): void {
    this.#open.delete(call)
    this.#showOthers(call.tid)
    const { tid, name, args } = call
    const said = call.shown ? `<... ${name} resumed>` : `${name}(${joined(args, result)})`
    this.#emit(`${tid} ${said}${text === undefined ? '' : ` = ${text}`}`)
  }
  /** The run is over: what has not ended never will. */
  close(): void {
    this.#showOthers(undefined)
  }
  #showOthers(tid: number | undefined): void {
    for (const call of this.#open) if (!call.shown && call.tid !== tid) this.#show(call)
  }
  #show(call: OpenCall): void {
    call.shown = true
    this.#emit(`${call.tid} ${call.name}(${joined([...call.args, () => '<unfinished ...>'], undefined)}`)
  }
}

/** Calls that come back only if they fail. */
const LEAVES = /^(sys_|f)?(_*exec|_*exit|quick_exit|abort|pthread_exit|EXIT|FEXEC)/i

const joined = (args: readonly ArgumentText[], result: number | undefined): string =>
  args.map((each) => (typeof each === 'string' ? each : each(result))).join(', ')

const number = (value: number): string => (Number.isInteger(value) && Math.abs(value) >= 0x1_0000 ? address(value) : String(value))

/** A result register: an error by its name. */
export const resultText = (value: number): string => (value < 0 && value >= -4095 ? `-${errorName(-value)}` : number(value))

/** How a raw call's slice is used (redox_syscall src/number.rs): the class of its argument is in its number. */
const SLICE = 0x0f00_0000
const WRITTEN_BY_KERNEL = 0x0200_0000
const POINTERS =
  /^(addr|addr2|old_addr|new_addr|map|stat|statvfs|timespec.*|req|rem|act|oldact|set|oldset|status|metadata|restorer|stack|args|vars|fds\[2\]|virtaddr|physaddr|flags)$/

/** The arguments of a raw call by its row. */
export function rawArguments(row: SyscallRow, args: readonly number[], memory: GuestMemory): ArgumentText[] {
  const fills = row.name === 'GETCWD' || (row.number & SLICE) === WRITTEN_BY_KERNEL
  return row.args.map((format, i): ArgumentText => {
    const value = args[i]
    const length = row.args[i + 1] === 'len' ? args[i + 1] : -1
    const isBuffer = format === 'buf' || format === 'payload'
    if (length >= 0 && (format === 'path' || (isBuffer && !fills))) return quotedAt(memory, value, length)
    if (isBuffer)
      return (result) => (result === undefined || result < 0 ? address(value) : quotedAt(memory, value, Math.min(result, length)))
    return POINTERS.test(format) ? address(value) : number(value)
  })
}

/** Calls that ask for what the library must know all the time and that no kernel would be asked for. */
const SILENT = new Set(['signalled', 'childFuel', 'ids', 'gettid', 'fault'])
/** Calls that end in flags and a mode. */
const OPENING = new Set(['open', 'openat'])
/** Calls whose bytes are an answer. */
const FILLING = new Set(['read', 'pread', 'recv', 'random'])

const isContext = (value: unknown): value is Context => typeof value === 'object' && value !== null && 'tid' in value && 'process' in value
const isCoroutine = (value: unknown): value is Generator<unknown, unknown, unknown> =>
  typeof value === 'object' && value !== null && 'next' in value

function valueText(value: unknown): string {
  if (value === undefined) return '-'
  if (typeof value === 'number') return number(value)
  if (typeof value === 'string') return quoted(new TextEncoder().encode(value))
  if (value instanceof Uint8Array) return quoted(value)
  if (Array.isArray(value)) return value.length > 8 ? `[${value.length}]` : `[${value.map(valueText).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([name, each]) => `${name}: ${valueText(each)}`)
      .join(', ')}}`
  }
  return String(value)
}

type Call = (...args: unknown[]) => unknown

/** The same calls with a line each; what asks for them is the hosted C library, so each is named `sys_…`. */
export function tracedCalls(calls: KernelCalls, trace: CallTrace): KernelCalls {
  const traced = Object.entries(calls as unknown as Record<string, Call>).map(([name, call]): [string, Call] => {
    if (SILENT.has(name)) return [name, call]
    const fills = FILLING.has(name)
    return [
      name,
      (...args) => {
        const [cx] = args
        // Without O_CREAT the mode is whatever the register held.
        const isNoise = OPENING.has(name) && (Number(args.at(-2)) & O.CREAT) === 0
        const rest = args.slice(1, isNoise ? -1 : undefined)
        if (!isContext(cx)) return call(...args)
        const shown = (value: unknown): ArgumentText => {
          if (!fills || !(value instanceof Uint8Array)) return valueText(value)
          return (result) => (result === undefined || result < 0 ? `[${value.length}]` : quoted(value.subarray(0, result)))
        }
        const open = trace.begin(cx.tid, `sys_${name}`, rest.map(shown))
        const close = (value: unknown): void =>
          typeof value === 'number'
            ? trace.end(open, resultText(value), value)
            : trace.end(open, value === undefined ? undefined : valueText(value))
        const value = call(...args)
        if (!isCoroutine(value)) {
          close(value)
          return value
        }
        return (function* () {
          const result: unknown = yield* value
          close(result)
          return result
        })()
      },
    ]
  })
  return Object.fromEntries(traced) as unknown as KernelCalls
}
