/** `bootgraph build STAGE`: on this host with --local, else by the server. */
import type { BuildRequest, Linkage } from '@bootgraph/build-graph'
import { OVERLAYS, PLANNED_STAGES } from '@bootgraph/rustc-bootstrap'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { buildLocally } from '../local/build-locally.ts'
import { fail } from '../output.ts'
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
  local?: boolean
  again?: boolean
  watch?: boolean
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
    .option('--jobs <n>', 'nodes at the same time, for a local build', count, 1)
    .option('--timeout <s>', 'wall limit of one unit in seconds, 0 = none', count, 0)
    .option('--again', 'run what has a result, too; one that differs is an error')
    .option('--seed <n>', 'seed of time, randomness and scheduling', count, 0)
    .option('--json', 'print JSON')
    .action((stage: string, options: BuildOptions) => {
      if (!options.local) return fail('building by a server is not there yet; use --local')
      return buildLocally(requestOf(stage, options), options)
    })
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

function count(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('expected a whole number, 0 or more')
  return value
}
