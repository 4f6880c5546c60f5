/** `#!` lines (execve(2), "Interpreter scripts"). */

/** Bytes of a first line that are looked at, and how many scripts may interpret one another. */
const LINE = 256
export const SCRIPT_DEPTH = 4

export interface Script {
  readonly interpreter: string
  /** What is put before the rest of the script's own arguments: interpreter, the line's one argument, the script. */
  readonly argv: readonly Uint8Array[]
}

/** The interpreter that a file's first line names; undefined if it is no script. */
export function scriptOf(path: string, bytes: Uint8Array): Script | undefined {
  const line = new TextDecoder().decode(bytes.subarray(0, LINE))
  const found = /^#![ \t]*([^ \t\n]+)[ \t]*([^\n]*?)[ \t]*(?:\n|$)/.exec(line)
  if (found === null) return undefined
  const [, interpreter, argument] = found
  const encoder = new TextEncoder()
  return { interpreter, argv: [interpreter, ...(argument === '' ? [] : [argument]), path].map((text) => encoder.encode(text)) }
}
