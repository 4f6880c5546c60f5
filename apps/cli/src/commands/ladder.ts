import { join } from 'node:path'
import type { Linkage } from '@bootgraph/build-graph'
import { dataFolder } from '@bootgraph/build-graph/store'
import { type LadderEvent, RUNGS, type RungId, type RungResult, runLadder } from '@bootgraph/rustc-bootstrap'
import { type Command, InvalidArgumentError } from 'commander'
import { translationCache } from '../folders.ts'
import { currentImage, runNode } from '../node-process.ts'
import { whole } from '../option-values.ts'
import { fail, print } from '../output.ts'
import { toolchainNamed } from '../root.ts'
import { surfaceRequest } from '../surface-request.ts'
import { makeSysroot } from '../sysroot.ts'
import { type MachineOptions, surfaceOptions } from './machine-options.ts'

interface LadderCommand extends Omit<MachineOptions, 'linkage'> {
  linkage: Linkage | 'both'
  rung?: RungId[]
  seed: number
  json?: boolean
}

const GLYPH = { passed: '✓', failed: '✗', blocked: '⊘', 'not-applicable': '–' } as const

export function register(program: Command): void {
  surfaceOptions(
    program.command('ladder').description('run the rungs from "node boots" to using a procedural macro; exit 0 once every rung has ended'),
  )
    .option('--linkage <linkage>', 'how the compiler itself is linked: static, dynamic or both', linkage, 'both')
    .option('--rung <id...>', `only these and what they need: ${RUNGS.map(({ id }) => id).join(', ')}`)
    .option('--seed <n>', 'seed of time, randomness and scheduling', whole(0), 0)
    .option('--json', 'print the report as JSON')
    .action(async (options: LadderCommand) => {
      const image = currentImage()
      const cache = translationCache()
      const { surface, ...surfaceFile } = await surfaceRequest(options.surface)
      const report = await runLadder(
        {
          toolchain: toolchainNamed(options.toolchain),
          linkages: options.linkage === 'both' ? ['static', 'dynamic'] : [options.linkage],
          surface,
          mode: options.mode,
          work: join(dataFolder(), 'ladder'),
          machine: {
            ...surfaceFile,
            seed: options.seed,
            budget: 0,
            memory: 3584 * 2 ** 20,
            engine: 'mixed',
            ...(cache === undefined ? {} : { cache }),
          },
          ...(options.rung ? { only: options.rung.map(known) } : {}),
          ...(options.json ? {} : { onEvent: show }),
        },
        {
          runNode: (request) => runNode(image, request, { stdio: 'collect' }),
          makeSysroot: (folder) => makeSysroot(folder, surface),
        },
      )
      print(report, options.json, ({ results }) => score(results))
    })
}

function linkage(text: string): LadderCommand['linkage'] {
  if (text === 'static' || text === 'dynamic' || text === 'both') return text
  throw new InvalidArgumentError('expected static, dynamic or both')
}

function known(text: string): RungId {
  const rung = RUNGS.find(({ id }) => id === text)
  if (!rung) return fail(`--rung ${text}: expected one of ${RUNGS.map(({ id }) => id).join(', ')}`)
  return rung.id
}

/** One line a rung; on a terminal the running one is shown, too. */
function show(event: LadderEvent): void {
  const live = process.stderr.isTTY
  if (event.event === 'rung-started') {
    if (live) process.stderr.write(`▸ ${event.linkage.padEnd(7)}  ${event.rung} …`)
    return
  }
  if (live) process.stderr.write('\r\x1b[K')
  process.stdout.write(`${line(event.result)}\n`)
}

function line(result: RungResult): string {
  const { state, stoppedBy, message } = result
  const time = state === 'passed' || state === 'failed' ? `${result.seconds.toFixed(1)} s` : ''
  const why = state === 'passed' || state === 'not-applicable' ? '' : (message ?? '').split('\n')[0]
  const gap = stoppedBy ? `gap: ${stoppedBy.truth} ${stoppedBy.component} ${stoppedBy.kind} ${stoppedBy.name}` : ''
  return [`${GLYPH[state]} ${result.linkage.padEnd(7)}`, result.title.padEnd(40), time.padStart(7), gap || why].join('  ').trimEnd()
}

function score(results: readonly RungResult[]): string {
  const out: string[] = []
  for (const kind of ['static', 'dynamic'] as const) {
    const rows = results.filter((each) => each.linkage === kind && each.state !== 'not-applicable')
    if (rows.length === 0) continue
    const passed = rows.filter((each) => each.state === 'passed').length
    const met = new Set(rows.flatMap((each) => each.gaps.map((gap) => `${gap.truth} ${gap.component} ${gap.name}`))).size
    out.push(`${kind}: ${passed} of ${rows.length} rungs passed, ${met} gaps met`)
  }
  return out.join('\n')
}
