import { historyOf, type Surface } from '@bootgraph/relibc/surface'
import type { Command } from 'commander'
import { ExitCode } from '../exit-codes.ts'
import { print, table } from '../output.ts'
import { allSurfaces, surfaceOf } from '../surface-option.ts'

interface JsonOption {
  json?: boolean
}

export function register(program: Command): void {
  const surface = program.command('surface').description('what relibc exported at a date')

  surface
    .command('list')
    .description('the recorded snapshots')
    .option('--json', 'print JSON')
    .action((options: JsonOption) => {
      const rows = allSurfaces().map((s) => ({ date: s.date, commit: s.commit, symbols: s.symbols.size, stubs: stubsOf(s) }))
      print(rows, options.json, (all) =>
        table([['date', 'commit', 'symbols', 'stubs'], ...all.map((r) => [r.date, r.commit.slice(0, 10), r.symbols, r.stubs])]),
      )
    })

  surface
    .command('show')
    .description('the symbols of a date, or what became of one symbol')
    .argument('<date-or-symbol>', 'YYYY-MM-DD, latest, or a symbol')
    .option('--json', 'print JSON')
    .action((what: string, options: JsonOption) => {
      const history = historyOf(what)
      if (history.length > 0) return print(history, options.json, (all) => table(all.map((change) => [change.date, change.status])))
      const { date, commit, symbols } = surfaceOf(what)
      const rows = [...symbols].map(([name, { kind, status }]) => ({ name, kind, status })).sort((a, b) => (a.name < b.name ? -1 : 1))
      print({ date, commit, symbols: rows }, options.json, (shown) => table(shown.symbols.map((s) => [s.name, s.kind, s.status])))
    })

  surface
    .command('diff')
    .description('what changed from one date to another; exit 1 if anything did')
    .argument('<from>')
    .argument('<to>')
    .option('--json', 'print JSON')
    .action((from: string, to: string, options: JsonOption) => {
      const changes = changesBetween(surfaceOf(from), surfaceOf(to))
      print(changes, options.json, (all) =>
        all.length === 0 ? 'no difference' : table(all.map((change) => [change.name, change.from, '→', change.to])),
      )
      process.exitCode = changes.length === 0 ? ExitCode.ok : ExitCode.no
    })
}

const stubsOf = ({ symbols }: Surface): number => [...symbols.values()].filter(({ status }) => status === 'stub').length

function changesBetween(before: Surface, after: Surface): { name: string; from: string; to: string }[] {
  const names = [...new Set([...before.symbols.keys(), ...after.symbols.keys()])].sort()
  const status = (surface: Surface, name: string): string => surface.symbols.get(name)?.status ?? 'absent'
  return names.map((name) => ({ name, from: status(before, name), to: status(after, name) })).filter((change) => change.from !== change.to)
}
