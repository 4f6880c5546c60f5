import type { Command } from 'commander'
import { print } from '../output.ts'
import { ask, server } from '../server/client.ts'
import { pickBuild } from '../server/pick.ts'
import { countsLine } from '../server/show-build.ts'

export function register(program: Command): void {
  program
    .command('cancel')
    .description('stop a build of the server, running nodes included')
    .argument('<build>', "a build's id, how it begins, or latest")
    .option('--json', 'print JSON')
    .action(async (name: string, options: { json?: boolean }) => {
      const { api } = server()
      const build = await pickBuild(api, name)
      const cancelled = await ask(api.POST('/builds/{build}/cancel', { params: { path: { build } } }))
      print(cancelled, options.json, ({ id, state, counts }) => `${id} ${state}: ${countsLine(counts)}`)
    })
}
