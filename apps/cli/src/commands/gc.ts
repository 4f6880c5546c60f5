import { type Command, Option } from 'commander'
import { whole } from '../option-values.ts'
import { print } from '../output.ts'
import { ask, server } from '../server/client.ts'

export function register(program: Command): void {
  program
    .command('gc')
    .description('remove from the store what no recent build, pinned artifact, toolchain or image needs')
    .option('--keep-days <n>', 'builds younger than this keep what they made', whole(0, 100_000), 30)
    .addOption(new Option('--dry-run', 'only say what would go, which is what happens without --delete').conflicts('delete'))
    .option('--delete', 'remove it; without this it is only said what would go')
    .option('--json', 'print JSON')
    .action(async (options: { keepDays: number; delete?: boolean; json?: boolean }) => {
      const body = { dryRun: !options.delete, keepDays: options.keepDays }
      const report = await ask(server().api.POST('/store/gc', { body }))
      print(report, options.json, (r) => {
        const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`
        const blobs = `${r.removed} of ${r.blobs} blobs (${megabytes(r.removedBytes)} of ${megabytes(r.bytes)})`
        const what = `${blobs} and ${r.nx.removed} of ${r.nx.entries} entries of Nx's cache (${megabytes(r.nx.removedBytes)})`
        return r.dryRun ? `would remove ${what}; --delete does it` : `removed ${what}`
      })
    })
}
