import { fstatSync, ftruncateSync, openSync, statSync, writeFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { resolve } from 'node:path'
import { type Mount, type NodeReport, type NodeRequest, PROGRAM_ABIS, type ProgramAbi } from '@bootgraph/build-graph'
import { type Command, Option } from 'commander'
import { ExitCode } from '../exit-codes.ts'
import { translationCache } from '../folders.ts'
import { currentImage, runNode } from '../node-process.ts'
import { collect, guestPath, seconds, whole } from '../option-values.ts'
import { fail, hostError, table } from '../output.ts'
import { rootFor } from '../root.ts'
import { surfaceRequest } from '../surface-request.ts'
import { type MachineOptions, surfaceOptions } from './machine-options.ts'

interface RunOptions extends MachineOptions {
  abi: ProgramAbi
  root?: string
  mount: string[]
  cwd: string
  env: string[]
  seed: number
  trace: string[]
  count?: boolean
  report?: string
  timeout: number
  budget: number
  memory: number
  engine: NodeRequest['engine']
  cache: boolean
  quiet?: boolean
  summary?: boolean
  json?: boolean
}

/** Names in one line. */
const SHOWN = 6
/** MiB. */
const MEMORY = 3584
/** What this host has; a guest cannot have more. */
const MOST_MEMORY = Math.max(MEMORY, Math.floor(totalmem() / 2 ** 20))

export function register(program: Command): void {
  surfaceOptions(
    program.command('run').description('run a program in an emulated Redox node').usage('[options] -- PROGRAM [ARG...]'),
    ', or none',
  )
    .addOption(new Option('--linkage <linkage>', 'how the program itself is linked').choices(['static', 'dynamic']).default('dynamic'))
    .addOption(new Option('--abi <abi>', "the program's ABI").choices(PROGRAM_ABIS).default('auto'))
    .option('--root <dir|tree>', 'a host folder or store tree as the root, in place of the toolchain')
    .option('--mount <host:guest[:rw]>', 'show a host folder in the node (repeatable)', collect, [])
    .option('--cwd <dir>', 'working directory in the node', guestPath, '/')
    .option('--env <k=v>', 'environment variable (repeatable); nothing is inherited', collect, [])
    .option('--seed <n>', 'seed of time, randomness and scheduling', whole(0), 0)
    .option(
      '--trace <what>',
      'calls of the C library, calls of the kernel, work of ld.so: libc, syscall, loader (comma-separated), on stderr',
      (text: string, before: string[]) => [...before, ...text.split(',')],
      [],
    )
    .option('--count', 'count exact guest instructions in the report, by the interpreter alone')
    .option('--report <file>', 'write the report as JSON')
    .option('--timeout <s>', 'wall limit in seconds, 0 = none', seconds, 0)
    .option('--budget <n>', 'fuel limit (back edges and calls), 0 = none', whole(0), 0)
    .option(
      '--memory <mb>',
      `memory limit in MiB, all processes and the files that they write together, at most ${MOST_MEMORY} here`,
      whole(1, MOST_MEMORY),
      MEMORY,
    )
    .addOption(new Option('--engine <engine>', 'how guest code runs').choices(['mixed', 'interpreter', 'translator']).default('mixed'))
    .option('--no-cache', 'keep no translations between runs')
    .option('--quiet', 'say nothing of its own on stderr about how the program ended and what it met')
    .option('--summary', 'after the run, list gaps and figures on stderr')
    .addOption(new Option('--json', 'after the run, print the report as the last line on stderr').conflicts('summary'))
    .argument('<program>', "a name on the toolchain's PATH, or an ELF file in the node's tree")
    .argument('[args...]')
    .passThroughOptions()
    .action(async (name: string, args: string[], options: RunOptions) => {
      const request = await requestOf(name, args, options)
      const keep = options.report === undefined ? undefined : reportFile(options.report)
      const { report } = await runNode(currentImage(), request, {
        onEvent: (event) => {
          if (event.event === 'trace') process.stderr.write(`${event.line}\n`)
        },
      })
      keep?.(`${JSON.stringify(report, null, 2)}\n`)
      if (!options.quiet) for (const line of words(report)) process.stderr.write(`bootgraph: ${line}\n`)
      if (options.json) process.stderr.write(`${JSON.stringify(report)}\n`)
      if (options.summary) process.stderr.write(`${summary(report)}\n`)
      process.exitCode = report.exit.code
    })
}

/** How it ended, if not by itself, and what it called that is not there: what follows may be wrong for that reason. */
function words({ exit, gaps }: NodeReport): string[] {
  const met = gaps.filter(
    ({ truth, kind, name, occurrences }) =>
      (truth === 'model' || kind === 'syscall') && occurrences.some(({ found }) => found === 'call') && !exit.message?.includes(name),
  )
  const names = met.map(({ component, kind, name }) => (kind === 'syscall' ? `${component} ${kind} ${name}` : name))
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''
  return [
    ...(exit.message ? [exit.message] : []),
    ...(met.length > 0 ? [`called what is not there: ${names.slice(0, SHOWN).join(', ')}${more}; --summary tells all`] : []),
  ]
}

async function requestOf(name: string, args: string[], options: RunOptions): Promise<NodeRequest> {
  if (options.count && options.engine === 'translator')
    fail('--count: instructions are counted by the interpreter; leave --engine translator out')
  const root = rootFor(options)
  const cache = options.cache ? translationCache() : undefined
  return {
    program: name,
    args,
    env: { ...root.env, ...Object.fromEntries(options.env.map(pair)) },
    cwd: options.cwd,
    linkage: options.linkage,
    ...(await surfaceRequest(options.surface)),
    mode: options.mode,
    abi: options.abi,
    seed: options.seed,
    roots: root.layers,
    mounts: options.mount.map(mount),
    budget: options.budget,
    memory: options.memory * 2 ** 20,
    timeout: options.timeout,
    trace: options.trace.map(traced),
    count: options.count ?? false,
    engine: options.engine,
    ...(cache === undefined ? {} : { cache }),
  }
}

function traced(text: string): 'libc' | 'syscall' | 'loader' {
  if (text === 'libc' || text === 'syscall' || text === 'loader') return text
  return fail(`--trace ${text}: expected libc, syscall or loader`)
}

/** What cannot be written is told before the program runs. The file stays open, as a pipe has its reader only once. */
function reportFile(path: string): (content: string) => void {
  const tried = <T>(work: () => T, code?: number): T => {
    try {
      return work()
    } catch (error) {
      return fail(`--report ${path}: ${hostError(error)}`, code)
    }
  }
  const file = tried(() => openSync(path, 'a'))
  return (content) =>
    tried(() => {
      if (fstatSync(file).isFile()) ftruncateSync(file)
      writeFileSync(file, content)
    }, ExitCode.defect)
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at < 1) return fail(`--env ${text}: expected NAME=VALUE`)
  return [text.slice(0, at), text.slice(at + 1)]
}

function mount(text: string): Mount {
  const match = /^(.+):(\/[^:]*)(:rw|:ro)?$/.exec(text)
  if (!match || /\/\.\.?(\/|$)/.test(match[2]))
    return fail(`--mount ${text}: expected HOST:GUEST[:rw] with an absolute guest path without . and ..`)
  const host = statSync(match[1], { throwIfNoEntry: false })
  if (!host) return fail(`--mount ${text}: ${match[1]} is not there; make the folder first`)
  if (!host.isDirectory()) return fail(`--mount ${text}: ${match[1]} is no folder`)
  return { host: resolve(match[1]), guest: match[2], writable: match[3] === ':rw' }
}

function summary(report: NodeReport): string {
  const rows = report.gaps.map((gap) => [gap.truth, gap.component, gap.kind, gap.name, gap.occurrences.reduce((n, o) => n + o.count, 0)])
  const time = Object.entries(report.measured.time).map(([phase, ms]) => `${phase} ${ms.toFixed(0)} ms`)
  const counted = report.instructions === undefined ? '' : `${report.instructions} instructions, `
  return [table(rows), `${counted}fuel ${report.fuel}, pages ${report.measured.guestPages}, ${time.join(', ')}`].filter(Boolean).join('\n')
}
