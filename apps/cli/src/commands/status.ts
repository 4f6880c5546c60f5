import type { Command } from 'commander'
import { print, table } from '../output.ts'
import { ask, server } from '../server/client.ts'
import { everyItem } from '../server/pages.ts'
import { pickBuild } from '../server/pick.ts'
import { buildRow, buildText } from '../server/show-build.ts'
import { exitOf, watchBuild } from '../server/watch.ts'

interface StatusOptions {
  all?: boolean
  watch?: boolean
  json?: boolean
}

export function register(program: Command): void {
  program
    .command('status')
    .description('how a build of the server stands; the newest if none is named')
    .argument('[build]', "a build's id, or how it begins")
    .option('--all', 'list the builds')
    .option('--watch', 'follow it to its end; exit 1 unless all of it is built')
    .option('--json', 'print JSON')
    .action(async (name: string | undefined, options: StatusOptions) => {
      const to = server()
      if (options.all) {
        const builds = await everyItem((from) => ask(to.api.GET('/builds', { params: { query: { limit: 100, ...from } } })))
        return print(builds, options.json, (all) => (all.length === 0 ? 'no build yet' : table(all.map(buildRow))))
      }
      const build = await pickBuild(to.api, name)
      const shown = options.watch
        ? await watchBuild(to, build, new AbortController().signal, options.json ? process.stderr : process.stdout)
        : await ask(to.api.GET('/builds/{build}', { params: { path: { build } } }))
      print(shown, options.json, buildText)
      if (options.watch) process.exitCode = exitOf(shown)
    })
}
