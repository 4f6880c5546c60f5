/** `bootgraph build STAGE`: on this host with --local, else by the server. */
import type { BuildRequest, Linkage, NodeRequest } from '@bootgraph/build-graph'
import { OVERLAYS, PLANNED_STAGES } from '@bootgraph/rustc-bootstrap'
import { type Command, Option } from 'commander'
import { buildLocally } from '../local/build-locally.ts'
import { whole } from '../option-values.ts'
import { fail, print } from '../output.ts'
import { ask, type Schema, server } from '../server/client.ts'
import { buildText } from '../server/show-build.ts'
import { exitOf, watchBuild } from '../server/watch.ts'
import { type MachineOptions, surfaceOptions } from './machine-options.ts'

export interface BuildOptions extends Omit<MachineOptions, 'linkage'> {
  linkage: Linkage | 'both'
  targetLinkage: Linkage
  overlay?: string[]
  rung?: string[]
  only?: string[]
  jobs: number
  seed: number
  timeout: number
  engine?: NodeRequest['engine']
  local?: boolean
  again?: boolean
  watch?: boolean
  report?: string
  json?: boolean
}

export function register(program: Command): void {
  surfaceOptions(
    program
      .command('build')
      .description(`build a stage: ${PLANNED_STAGES.join(', ')}`)
      .argument('<stage>'),
  )
    .addOption(
      new Option('--linkage <linkage>', 'how the compiler itself is linked').choices(['static', 'dynamic', 'both']).default('dynamic'),
    )
    .addOption(
      new Option('--target-linkage <linkage>', 'what is built: static as Redox has it, or dynamic')
        .choices(['static', 'dynamic'])
        .default('static'),
    )
    .option('--overlay <name...>', `changes over the source: ${OVERLAYS.map(({ name }) => name).join(', ')}, or none`)
    .option('--rung <id...>', 'of the ladder only these, and what they need')
    .option('--only <name...>', 'of a local build only these units, crates or rungs, and what they need')
    .option('--local', 'on this host, without a server')
    .option('--jobs <n>', 'nodes at the same time, for a local build', whole(1), 1)
    .option('--timeout <s>', 'of a local build: wall limit of one unit in seconds, 0 = none', whole(0), 0)
    .addOption(new Option('--engine <engine>', 'of a local build: how guest code runs').choices(['mixed', 'interpreter', 'translator']))
    .option('--again', 'of a local build: run what has a result, too; one that differs is an error')
    .option('--seed <n>', 'seed of time, randomness and scheduling', whole(0), 0)
    .option('--report <file>', 'of a local build: write what came out as JSON')
    .option('--json', 'print JSON')
    .addOption(new Option('--watch', 'by a server: follow the build to its end').conflicts('local'))
    .action(async (stage: string, options: BuildOptions, command: Command) => {
      const request = requestOf(stage, options)
      if (options.local) return buildLocally(request, options)
      refuseLocalOptions(command)
      const to = server()
      const made = await ask(to.api.POST('/builds', { body: bodyOf(request) }))
      if (!options.watch) return print(made, options.json, ({ id, counts }) => `${id}: ${counts.total} units`)
      const ended = await watchBuild(to, made.id, new AbortController().signal, options.json ? process.stderr : process.stdout)
      print(ended, options.json, buildText)
      process.exitCode = exitOf(ended)
    })
}

const OF_LOCAL_BUILDS = ['only', 'jobs', 'timeout', 'engine', 'again', 'report'] as const satisfies readonly (keyof BuildOptions)[]

/** A server has its own workers, limits and engine: what it would not hear of is no wish to be passed over. */
function refuseLocalOptions(command: Command): void {
  const given = OF_LOCAL_BUILDS.filter((name) => command.getOptionValueSource(name) === 'cli').map((name) => `--${name}`)
  if (given.length > 0) fail(`${given.join(', ')}: of a build on this host; give --local, too`)
}

/** The request as the client's types want it: lists of their own. */
function bodyOf({ rungs, linkage, overlays, ...rest }: BuildRequest): Schema['BuildRequest'] {
  return { ...rest, linkage: [...linkage], overlays: [...overlays], ...(rungs ? { rungs: [...rungs] } : {}) }
}

function requestOf(stage: string, options: BuildOptions): BuildRequest {
  return {
    stage,
    ...(options.rung ? { rungs: options.rung } : {}),
    linkage: options.linkage === 'both' ? ['static', 'dynamic'] : [options.linkage],
    targetLinkage: options.targetLinkage,
    surface: options.surface,
    mode: options.mode,
    toolchain: options.toolchain,
    overlays: (options.overlay ?? (stage === 'stage1' ? OVERLAYS.map(({ name }) => name) : [])).filter((name) => name !== 'none'),
    seed: options.seed,
  }
}
