import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { faultText } from '@bootgraph/ld-so/elf'
import { historyOf, type Surface, type SurfaceAbility, statusOf, surfaceAbilities, surfaceOfLibrary } from '@bootgraph/relibc/surface'
import type { Command } from 'commander'
import { ExitCode } from '../exit-codes.ts'
import { anySurface } from '../full-surface.ts'
import { fail, hostError, print, table } from '../output.ts'
import { allSurfaces, importedSurfaces, keepSurface, surfaceOf } from '../surface-option.ts'

interface JsonOption {
  json?: boolean
}

export function register(program: Command): void {
  const surface = program.command('surface').description('what relibc exported and ld.so could do at a date')

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
    .description('the symbols of a date and the abilities of its ld.so, one of them at a date, or what became of a symbol over time')
    .argument('<date-or-symbol>', 'YYYY-MM-DD, latest, full, an imported name, or a symbol')
    .argument('[symbol]', 'of the surface, this symbol or ability alone')
    .option('--json', 'print JSON')
    .action(async (what: string, name: string | undefined, options: JsonOption) => {
      if (name !== undefined) return showOne(await anySurface(what), name, options.json)
      const history = historyOf(what)
      if (history.length > 0) return print(history, options.json, (all) => table(all.map((change) => [change.date, change.status])))
      const surface = await anySurface(what, 'and no symbol of any date')
      const { date, commit } = surface
      const symbols = [...surface.symbols]
        .map(([symbol, { kind }]) => ({ name: symbol, kind, status: statusOf(symbol, surface) }))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
      const abilities = surfaceAbilities(date)
      print({ date, commit, symbols, abilities }, options.json, () =>
        table([...symbols.map((s) => [s.name, s.kind, s.status]), ...abilities.map((a) => [a.name, 'ld.so', abilityStatus(a)])]),
      )
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
    .description('what changed from one date to another, symbols and abilities of ld.so; exit 1 if anything did')
    .argument('<from>', 'YYYY-MM-DD, latest, full, or an imported name')
    .argument('<to>', 'another')
    .option('--json', 'print JSON')
    .action(async (from: string, to: string, options: JsonOption) => {
      const [before, after] = [await anySurface(from), await anySurface(to)]
      const changes = [...changesBetween(before, after), ...abilityChanges(before, after)]
      print(changes, options.json, (all) =>
        all.length === 0 ? 'no difference' : table(all.map((change) => [change.name, change.from, '→', change.to])),
      )
      process.exitCode = changes.length === 0 ? ExitCode.ok : ExitCode.no
    })
}

function libraryAt(file: string, name: string | undefined): Surface {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) fail(`${file}: is a folder; expected a libc.so or libc.a`)
  let bytes: Uint8Array
  try {
    bytes = readFileSync(file)
  } catch (error) {
    return fail(`${file}: ${hostError(error)}`)
  }
  const digest = createHash('sha256').update(bytes).digest('hex')
  const read = surfaceOfLibrary(file, bytes, name ?? `lib-${digest.slice(0, 12)}`, digest)
  return read.ok ? read.value : fail(faultText(read.error))
}

/** One symbol, or one ability of ld.so, at a date; exit 1 where the surface lacks it. */
function showOne(surface: Surface, name: string, json: boolean | undefined): void {
  const { date, commit } = surface
  const symbol = surface.symbols.get(name)
  const history = historyOf(name)
  const ability = surfaceAbilities(date).find((row) => row.name === name)
  const status = statusOf(name, surface)
  const told = [
    ...(ability === undefined || symbol || history.length > 0 ? [`${name} at ${date}: ${status}`] : []),
    ...(ability === undefined ? [] : [`ld.so at ${date}, ${name}: ${abilityStatus(ability)}`]),
    ...(history.length > 0 ? [table(history.map((change) => [change.date, change.status]))] : []),
    ...(history.length > 0 || ability !== undefined ? [] : ['in no recorded snapshot']),
  ]
  print({ date, commit, name, kind: symbol?.kind ?? null, status, history, ability: ability ?? null }, json, () => told.join('\n'))
  process.exitCode = symbol !== undefined || ability?.present ? ExitCode.ok : ExitCode.no
}

const abilityStatus = ({ present, absence }: SurfaceAbility): string => (present ? 'yes' : `no: ${absence}`)

const stubsOf = (surface: Surface): number => [...surface.symbols.keys()].filter((name) => statusOf(name, surface) === 'stub').length

interface Change {
  readonly name: string
  readonly from: string
  readonly to: string
}

function changesBetween(before: Surface, after: Surface): Change[] {
  const names = [...new Set([...before.symbols.keys(), ...after.symbols.keys()])].sort()
  return names.map((name) => ({ name, from: statusOf(name, before), to: statusOf(name, after) })).filter(differs)
}

function abilityChanges(before: Surface, after: Surface): Change[] {
  const now = surfaceAbilities(after.date)
  return surfaceAbilities(before.date)
    .map((ability, i) => ({ name: `ld.so: ${ability.name}`, from: abilityStatus(ability), to: abilityStatus(now[i]) }))
    .filter(differs)
}

const differs = ({ from, to }: Change): boolean => from !== to
