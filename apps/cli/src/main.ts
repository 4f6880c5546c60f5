/** `bootgraph`: parse, dispatch, one-line errors. Each command's code is loaded when it is asked for. */
import { Command, CommanderError } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { ExitCode } from './exit-codes.ts'
import { CommandError, hostError } from './output.ts'

/** Verb → one line of help and the module that registers it. */
const COMMANDS: readonly (readonly [verb: string, summary: string, load: () => Promise<{ register(program: Command): void }>])[] = [
  ['run', 'run a program in an emulated Redox node', () => import('./commands/run.ts')],
  ['ladder', 'run the rungs from "node boots" to a procedural macro', () => import('./commands/ladder.ts')],
  ['build', 'build the ladder, std or stage 1, here or by a server', () => import('./commands/build.ts')],
  ['status', 'how a build of the server stands', () => import('./commands/status.ts')],
  ['logs', 'what a unit printed', () => import('./commands/logs.ts')],
  ['gaps', 'what builds met that was not there', () => import('./commands/gaps.ts')],
  ['explain', 'why a unit ran', () => import('./commands/explain.ts')],
  ['cancel', 'stop a build of the server', () => import('./commands/cancel.ts')],
  ['retry', 'run what failed again', () => import('./commands/retry.ts')],
  ['workers', 'who runs actions for the server', () => import('./commands/workers.ts')],
  ['token', 'create, list and revoke tokens of the server', () => import('./commands/token.ts')],
  ['gc', 'remove from the store what nothing needs', () => import('./commands/gc.ts')],
  ['toolchain', 'install, add, list, show, verify and remove toolchains', () => import('./commands/toolchain.ts')],
  ['scan', 'what programs ask of a C library, judged by a dated surface', () => import('./commands/scan.ts')],
  ['surface', 'list, show and compare what relibc exported at a date', () => import('./commands/surface.ts')],
  ['sysroot', 'write the C library of a surface as files for a linker', () => import('./commands/sysroot.ts')],
  ['trace', 'compare two traces', () => import('./commands/trace.ts')],
]

const oneLine = (text: string): string =>
  text
    .trim()
    .replace(/^error: /, 'bootgraph: ')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '')
const isVerb = (word: string | undefined): boolean => COMMANDS.some(([name]) => name === word)
const helpOf = (argv: readonly string[]): string => (isVerb(argv[2]) ? `bootgraph ${argv[2]} --help` : 'bootgraph --help')
/** `run` exits as the program does, so that what is wrong with the command itself needs an exit of its own. */
const usageExit = (): number => (process.argv[2] === 'run' ? ExitCode.defect : ExitCode.usage)

/** `help VERB…` is `VERB… --help`, which knows the verb's options. */
const asked = ([node, script, ...args]: readonly string[]): string[] =>
  args[0] === 'help' && isVerb(args[1]) ? [node, script, ...args.slice(1), '--help'] : [node, script, ...args]

async function main(argv: string[]): Promise<void> {
  const program = new Command('bootgraph')
    .description('How far is Redox OS from building rustc on itself, and what blocks it?')
    .version(manifest.version)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`${oneLine(text)}; "${helpOf(argv)}" says more\n`) })
  const verb = argv[2]
  const chosen = COMMANDS.find(([name]) => name === verb)
  if (chosen) (await chosen[2]()).register(program)
  else for (const [name, summary] of COMMANDS) program.command(name).description(summary)
  await program.parseAsync(argv)
}

// A reader that has seen enough is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(ExitCode.ok)
  process.stderr.write(`bootgraph: standard output: ${hostError(error)}\n`)
  process.exit(ExitCode.defect)
})
// What is said on the side may be lost; a program that runs goes on, and its exit is its own.
process.stderr.on('error', () => {})

try {
  await main(asked(process.argv))
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? ExitCode.ok : usageExit()
  } else if (error instanceof CommandError) {
    process.stderr.write(`bootgraph: ${error.message}\n`)
    process.exitCode = error.code === ExitCode.usage ? usageExit() : error.code
  } else {
    process.stderr.write(
      `bootgraph: ${error instanceof Error ? (process.env.BOOTGRAPH_DEBUG ? error.stack : error.message) : String(error)}\n`,
    )
    process.exitCode = ExitCode.defect
  }
}
