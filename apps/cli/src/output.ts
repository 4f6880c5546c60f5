/** Text for people, `--json` for programs; errors are one line on stderr. */
import { ExitCode } from './exit-codes.ts'

/** Ends the command with one clear line: what, where, what to do. */
export class CommandError extends Error {
  readonly code: number
  constructor(message: string, code: number = ExitCode.usage) {
    super(message)
    this.code = code
  }
}

export function fail(message: string, code: number = ExitCode.usage): never {
  throw new CommandError(message, code)
}

/** An error of the host's files in words: what it says without the call that met it. */
export function hostError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code === undefined ? message : (message.match(/^[A-Z0-9]+: ([^,]+),/)?.[1] ?? message)
}

/** Prints `value` as JSON if asked to, else the text made of it. */
export function print<T>(value: T, json: boolean | undefined, text: (value: T) => string): void {
  const out = json ? JSON.stringify(value, null, 2) : text(value)
  process.stdout.write(out.endsWith('\n') || out === '' ? out : `${out}\n`)
}

/** Rows as left-aligned columns; numbers right-aligned. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const widths: number[] = []
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, String(cell).length)
  return rows
    .map((row) =>
      row
        .map((cell, i) => (typeof cell === 'number' ? String(cell).padStart(widths[i]) : String(cell).padEnd(widths[i])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
