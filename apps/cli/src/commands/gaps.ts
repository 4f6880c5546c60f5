import { type Command, Option } from 'commander'
import { whole } from '../option-values.ts'
import { print, table } from '../output.ts'
import { ask, server } from '../server/client.ts'
import { pickBuild } from '../server/pick.ts'

interface GapsOptions {
  truth?: string
  component?: string
  surface?: string
  linkage?: 'static' | 'dynamic'
  build?: string
  all?: boolean
  limit: number
  json?: boolean
}

export function register(program: Command): void {
  program
    .command('gaps')
    .description('what builds met that was not there, what blocks most first')
    .option('--truth <names>', 'upstream, model, host-spelling, host-only (comma-separated)')
    .option('--component <names>', 'relibc, ld-so, kernel, driver, libc-crate, target, cpu (comma-separated)')
    .option('--surface <date>', 'met at this surface')
    .addOption(new Option('--linkage <linkage>', 'met by a compiler linked so').choices(['static', 'dynamic']))
    .option('--build <id>', 'met in this build: an id, how it begins, or latest')
    .option('--all', 'closed ones, too')
    .option('--limit <n>', 'at most so many, up to 200', whole(1, 200), 100)
    .option('--json', 'print JSON')
    .action(async ({ all, json, build, ...filter }: GapsOptions) => {
      const { api } = server()
      const within = build === undefined ? {} : { build: await pickBuild(api, build) }
      const query = { ...filter, ...within, ...(all ? {} : { state: 'open' as const }) }
      const page = await ask(api.GET('/gaps', { params: { query } }))
      print(page.items, json, (gaps) =>
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
