import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { ExitCode } from '../exit-codes.ts'
import { fail, print, table } from '../output.ts'
import { diffTraces, type TraceDiff } from '../trace-diff.ts'

export function register(program: Command): void {
  const trace = program.command('trace').description('work with traces, which run --trace writes to stderr')
  trace
    .command('diff')
    .description('compare two traces; exit 1 if they differ')
    .argument('<a>', 'a trace file')
    .argument('<b>', 'another')
    .option('--json', 'print JSON')
    .action((a: string, b: string, options: { json?: boolean }) => {
      const diff = diffTraces(lines(a), lines(b))
      print(diff, options.json, text)
      process.exitCode = diff.equal ? ExitCode.ok : ExitCode.no
    })
}

function lines(path: string): string[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return fail(`${path}: cannot read the trace (${(error as NodeJS.ErrnoException).code})`)
  }
  if (text.includes('\0')) fail(`${path}: is no trace but a binary file`)
  return text.split('\n').filter(Boolean)
}

function text(diff: TraceDiff): string {
  if (diff.equal) return `equal: ${diff.common} lines`
  const rows = diff.calls.map(({ name, a, b }) => [name, a, b] as const)
  return [
    `${diff.common} lines in common; line ${diff.first?.line} differs`,
    `a: ${diff.first?.a ?? '(ended)'}`,
    `b: ${diff.first?.b ?? '(ended)'}`,
    ...(rows.length > 0 ? ['', table([['function', 'a', 'b'], ...rows])] : []),
  ].join('\n')
}
