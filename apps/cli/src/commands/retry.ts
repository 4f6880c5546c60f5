import type { Command } from 'commander'
import { print } from '../output.ts'
import { ask, server } from '../server/client.ts'
import { pickBuild, pickUnit } from '../server/pick.ts'
import { countsLine } from '../server/show-build.ts'

export function register(program: Command): void {
  program
    .command('retry')
    .description('run what failed or was cancelled again, past the cache')
    .argument('<build>', "a build's id, how it begins, or latest")
    .option('--unit <name...>', 'only these units')
    .option('--json', 'print JSON')
    .action(async (name: string, options: { unit?: string[]; json?: boolean }) => {
      const { api } = server()
      const build = await pickBuild(api, name)
      const units = options.unit && (await Promise.all(options.unit.map(async (each) => (await pickUnit(api, build, each)).id)))
      const again = await ask(api.POST('/builds/{build}/retry', { params: { path: { build } }, body: units ? { units } : {} }))
      print(again, options.json, ({ id, state, counts }) => `${id} ${state}: ${countsLine(counts)}`)
    })
}
