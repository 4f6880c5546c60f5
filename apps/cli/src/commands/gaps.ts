import { COMPONENTS, TRUTHS } from '@bootgraph/build-graph'
import { type Command, Option } from 'commander'
import { oneOrMore, whole } from '../option-values.ts'
import { print, table } from '../output.ts'
import { ask, type Schema, server } from '../server/client.ts'
import { pickBuild } from '../server/pick.ts'

interface GapsOptions {
  truth?: readonly string[]
  component?: readonly string[]
  surface?: string
  linkage?: 'static' | 'dynamic'
  build?: string
  all?: boolean
  limit: number
  json?: boolean
}

/** What somebody can mend comes first; how a build for glibc spells what is there comes last. */
const ORDER = ['upstream', 'model', 'host-only', 'host-spelling'] as const satisfies (typeof TRUTHS)[number][]

export function register(program: Command): void {
  program
    .command('gaps')
    .description(
      'what builds met that was not there: what Redox lacks, what the model lacks, then the rest; of each what blocks most first',
    )
    .option('--truth <names>', `${TRUTHS.join(', ')} (comma-separated)`, oneOrMore(TRUTHS))
    .option('--component <names>', `${COMPONENTS.join(', ')} (comma-separated)`, oneOrMore(COMPONENTS))
    .option('--surface <date>', 'met at this surface')
    .addOption(new Option('--linkage <linkage>', 'met by a compiler linked so').choices(['static', 'dynamic']))
    .option('--build <id>', 'met in this build: an id, how it begins, or latest')
    .option('--all', 'closed ones, too')
    .option('--limit <n>', 'at most so many, up to 200', whole(1, 200), 100)
    .option('--json', 'print JSON')
    .action(async ({ truth, component, all, json, build, limit, ...filter }: GapsOptions) => {
      const { api } = server()
      const query = {
        ...filter,
        ...(component ? { component: component.join() } : {}),
        ...(build === undefined ? {} : { build: await pickBuild(api, build) }),
        ...(all ? {} : { state: 'open' as const }),
      }
      const found: Schema['Gap'][] = []
      for (const one of ORDER.filter((each) => truth?.includes(each) ?? true)) {
        if (found.length === limit) break
        const { items } = await ask(api.GET('/gaps', { params: { query: { ...query, truth: one, limit: limit - found.length } } }))
        found.push(...items)
      }
      print(found, json, (gaps) =>
        gaps.length === 0
          ? 'no gap'
          : table([
              ['blocks', 'units', 'gap', '', '', '', ''],
              ...gaps.map((gap) => [
                gap.blocks,
                gap.units,
                gap.truth,
                gap.component,
                gap.kind,
                gap.name,
                gap.closesAt ? `closed by ${gap.closesAt}` : '',
              ]),
            ]),
      )
    })
}
