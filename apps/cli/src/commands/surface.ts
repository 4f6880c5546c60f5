import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { faultText } from '@bootgraph/ld-so/elf'
import { historyOf, type Surface, surfaceOfLibrary } from '@bootgraph/relibc/surface'
import type { Command } from 'commander'
import { ExitCode } from '../exit-codes.ts'
import { fail, print, table } from '../output.ts'
import { allSurfaces, importedSurfaces, keepSurface, surfaceOf } from '../surface-option.ts'

interface JsonOption {
  json?: boolean
}

export function register(program: Command): void {
  const surface = program.command('surface').description('what relibc exported at a date')

  surface
    .command('list')
    .description('the recorded snapshots, then what was imported')
    .option('--json', 'print JSON')
    .action((options: JsonOption) => {
      const rows = [...allSurfaces(), ...importedSurfaces()].map((s) => ({
        date: s.date,
        commit: s.commit,
        symbols: s.symbols.size,
        stubs: stubsOf(s),
      }))
      print(rows, options.json, (all) =>
        table([['date', 'commit', 'symbols', 'stubs'], ...all.map((r) => [r.date, r.commit.slice(0, 10), r.symbols, r.stubs])]),
      )
    })

  surface
    .command('show')
    .description('the symbols of a date, one symbol at a date, or what became of a symbol over time')
    .argument('<date-or-symbol>', 'YYYY-MM-DD, latest, an imported name, or a symbol')
    .argument('[symbol]', 'of the surface, this symbol alone')
    .option('--json', 'print JSON')
    .action((what: string, symbol: string | undefined, options: JsonOption) => {
      if (symbol !== undefined) return showSymbol(surfaceOf(what), symbol, options.json)
      const history = historyOf(what)
      if (history.length > 0) return print(history, options.json, (all) => table(all.map((change) => [change.date, change.status])))
      const { date, commit, symbols } = surfaceOf(what, 'and no symbol of any date')
      const rows = [...symbols].map(([name, { kind, status }]) => ({ name, kind, status })).sort((a, b) => (a.name < b.name ? -1 : 1))
      print({ date, commit, symbols: rows }, options.json, (shown) => table(shown.symbols.map((s) => [s.name, s.kind, s.status])))
    })

  surface
    .command('import')
    .description('take what a built libc.so or libc.a exports as a surface of its own; then --surface NAME runs programs against it')
    .argument('<file>')
    .option('--name <name>', 'how to call it; by default the first digits of its digest')
    .option('--json', 'print JSON')
    .action((file: string, options: JsonOption & { name?: string }) => {
      const surface = libraryAt(file, options.name)
      const kept = keepSurface(surface)
      const changes = changesBetween(surfaceOf('latest'), surface)
      const count = (to: (state: string) => boolean): number => changes.filter((change) => to(change.to)).length
      const lacks = count((state) => state === 'absent')
      const facts = {
        name: surface.date,
        digest: surface.commit,
        file: kept,
        symbols: surface.symbols.size,
        lacks,
        has: changes.length - lacks,
      }
      print(
        facts,
        options.json,
        ({ name, symbols, has }) =>
          `${name}: ${symbols} symbols; of relibc's newest snapshot it lacks ${lacks}, ${has} are other\nbootgraph surface diff latest ${name} lists them`,
      )
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

function libraryAt(file: string, name: string | undefined): Surface {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(file)
  } catch {
    return fail(`${file}: cannot be read`)
  }
  const digest = createHash('sha256').update(bytes).digest('hex')
  const read = surfaceOfLibrary(file, bytes, name ?? `lib-${digest.slice(0, 12)}`, digest)
  return read.ok ? read.value : fail(faultText(read.error))
}

/** One symbol at a date; exit 1 where the surface lacks it. */
function showSymbol({ date, commit, symbols }: Surface, name: string, json: boolean | undefined): void {
  const symbol = symbols.get(name)
  const history = historyOf(name)
  print({ date, commit, name, kind: symbol?.kind ?? null, status: symbol?.status ?? 'absent', history }, json, (shown) => {
    const rest = shown.history.length > 0 ? table(shown.history.map((change) => [change.date, change.status])) : 'in no recorded snapshot'
    return `${name} at ${date}: ${shown.status}\n${rest}`
  })
  process.exitCode = symbol === undefined ? ExitCode.no : ExitCode.ok
}

const stubsOf = ({ symbols }: Surface): number => [...symbols.values()].filter(({ status }) => status === 'stub').length

function changesBetween(before: Surface, after: Surface): { name: string; from: string; to: string }[] {
  const names = [...new Set([...before.symbols.keys(), ...after.symbols.keys()])].sort()
  const status = (surface: Surface, name: string): string => surface.symbols.get(name)?.status ?? 'absent'
  return names.map((name) => ({ name, from: status(before, name), to: status(after, name) })).filter((change) => change.from !== change.to)
}
