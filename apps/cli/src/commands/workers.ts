import type { Command } from 'commander'
import { print, table } from '../output.ts'
import { ask, server } from '../server/client.ts'
import { everyItem } from '../server/pages.ts'

export function register(program: Command): void {
  program
    .command('workers')
    .description('who runs actions for the server')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const { api } = server()
      const workers = await everyItem((from) => ask(api.GET('/workers', { params: { query: { limit: 200, ...from } } })))
      print(workers, options.json, (all) =>
        all.length === 0
          ? 'no worker has reported'
          : table(
              all.map((worker) => [
                worker.id,
                worker.state,
                `${worker.running.length} of ${worker.concurrency}`,
                `${worker.lastHour} in the last hour`,
                worker.running.map(({ name }) => name).join(', '),
              ]),
            ),
      )
    })
}
