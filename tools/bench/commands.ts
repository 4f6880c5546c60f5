/** Whole commands of bootgraph that nothing native stands beside: how long a user waits for the first word. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RUNGS } from '@bootgraph/rustc-bootstrap'
import { measure, median, type Row } from './measure.ts'

interface Command {
  readonly name: string
  /** `run`: the words that run a program of the work folder. */
  readonly args: (run: readonly string[]) => readonly string[]
  /** Exits that are an answer. */
  readonly exits: readonly number[]
}

const COMMANDS: readonly Command[] = [
  { name: 'version', args: () => ['--version'], exits: [0] },
  { name: 'static-hello', args: (run) => [...run, '--', '/hello-static'], exits: [0] },
  { name: 'scan-debian', args: () => ['scan', 'debian'], exits: [0, 1] },
]
export const commandNames = COMMANDS.map(({ name }) => name)

export interface CommandOptions {
  readonly only: readonly string[]
  readonly runs: number
  /** The command line's program. */
  readonly bootgraph: string
}

export function* commandRows({ only, runs, bootgraph }: CommandOptions): Generator<Row> {
  const work = mkdtempSync(join(tmpdir(), 'bootgraph-bench-'))
  const [hello] = RUNGS.find(({ id }) => id === 'static-hello')?.steps ?? []
  for (const [name, content] of Object.entries(hello?.files ?? {})) writeFileSync(join(work, name), content, { mode: 0o755 })
  const run = ['run', '--toolchain', 'none', '--root', work, '--abi', 'redox-2019-11']
  try {
    for (const { name, args: words, exits } of COMMANDS) {
      if (only.length > 0 && !only.includes(name)) continue
      const args = words(run)
      const all = Array.from({ length: runs }, () => measure([process.execPath, bootgraph, ...args]))
      const wrong = all.find(({ code }) => !exits.includes(code))
      if (wrong) throw new Error(`${args.join(' ')}: exit ${wrong.code}`)
      yield { name, runs, qemu: undefined, bootgraph: median(all.map(({ cpu }) => cpu)) }
    }
  } finally {
    rmSync(work, { recursive: true })
  }
}
