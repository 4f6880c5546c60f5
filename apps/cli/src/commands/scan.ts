import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '@bootgraph/build-graph'
import { TreeReader } from '@bootgraph/build-graph/store'
import { closesAt, judge, type Surface, statusOf } from '@bootgraph/relibc/surface'
import { Demand, resolveToolchain, ToolchainError } from '@bootgraph/rustc-bootstrap'
import { type Command, Option } from 'commander'
import { ExitCode } from '../exit-codes.ts'
import { anySurface } from '../full-surface.ts'
import { type AskedAbility, LoaderDemand } from '../loader-demand.ts'
import { fail, print, table } from '../output.ts'
import { SURFACE_HELP } from '../surface-option.ts'

interface ScanOptions {
  readonly surface: string
  readonly builtFor: 'linux-gnu' | 'redox'
  readonly json?: boolean
}

interface Asked {
  /** The plain name. */
  readonly name: string
  readonly askedAs: string
  /** First object that asks. */
  readonly by: string
  /** First snapshot of relibc after the surface that implements it. */
  readonly closesAt?: string
}

interface Scan {
  readonly surface: string
  readonly objects: number
  readonly served: number
  readonly missing: readonly Asked[]
  readonly stubs: readonly Asked[]
  /** Names with nothing behind them in any relibc: extensions of the host's C library, or another library's that was not scanned. */
  readonly hostOnly: readonly Asked[]
  /** Names of the unwinder, the compiler or mangled ones: never a C library's to serve. */
  readonly elsewhere: readonly Asked[]
  /** ELF files and archives that could not be read, one line each: what they ask for is not in the lists. */
  readonly damaged: readonly string[]
  /** Lacked too, but null is an answer that the program is prepared for. */
  readonly weak: readonly Asked[]
  /** What is asked of ld.so. */
  readonly loader: readonly AskedAbility[]
  /** Static programs among the objects: their C library is inside, and they ask for nothing by name. */
  readonly staticPrograms: readonly string[]
}

export function register(program: Command): void {
  program
    .command('scan')
    .description('what programs ask of a C library, judged by a dated surface; exit 1 if it lacks anything')
    .argument('<what>', 'a file, a folder, or an installed toolchain')
    .option('--surface <date>', SURFACE_HELP, 'latest')
    .addOption(
      new Option('--built-for <system>', 'whose headers the programs were built with').choices(['linux-gnu', 'redox']).default('linux-gnu'),
    )
    .option('--json', 'print JSON')
    .action(async (what: string, options: ScanOptions) => {
      const surface = await anySurface(options.surface)
      const demand = new Demand()
      const loader = new LoaderDemand()
      for (const { path, bytes } of filesOf(what)) if (demand.add(path, bytes)) loader.add(path, bytes)
      if (demand.objects === 0) fail(demand.damaged[0] ?? `${what}: holds no ELF file for x86-64`)
      for (const { name, by, weak } of demand.open()) if (!weak) loader.calls(name, by)
      const scan = judged(demand, loader, surface, options.builtFor)
      print(scan, options.json, text)
      process.exitCode = scan.missing.length === 0 && scan.loader.every(isGranted) ? ExitCode.ok : ExitCode.no
    })
}

/** What lacks without anybody noticing is granted. */
const isGranted = ({ present, absence }: AskedAbility): boolean => present || absence === 'ignored'

const NOT_OF_C = /^(_Unwind_|__rust_|_Z|_R[A-Z])/

interface Scanned {
  readonly path: string
  readonly bytes: Uint8Array
}

function filesOf(what: string): Iterable<Scanned> {
  const stat = statSync(what, { throwIfNoEntry: false })
  if (stat?.isFile()) return [{ path: what, bytes: readFileSync(what) }]
  if (stat?.isDirectory()) return inFolder(what)
  return stat ? fail(`${what}: is neither a file nor a folder`) : inToolchain(what)
}

function* inFolder(folder: string): Iterable<Scanned> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* inFolder(path)
    else if (entry.isFile()) {
      const isCandidate = linked(entry.name, (statSync(path).mode & 0o100) !== 0) || /\.(o|a|rlib)$/.test(entry.name)
      if (isCandidate) yield { path, bytes: readFileSync(path) }
    }
  }
}

/** What runs of a toolchain: its programs and shared objects, not the libraries that it links into others. */
function* inToolchain(name: string): Iterable<Scanned> {
  for (const root of found(name).roots) {
    if (!('store' in root)) continue
    const reader = new TreeReader(root.store, root.tree)
    const walk = function* (digest: Digest, under: string): Iterable<Scanned> {
      for (const entry of reader.directory(digest).values()) {
        const path = `${under}/${entry.name}`
        if (entry.kind === 'directory') yield* walk(entry.digest, path)
        else if (entry.kind === 'file' && linked(entry.name, entry.executable))
          yield { path, bytes: readFileSync(reader.blob(entry.digest)) }
      }
    }
    yield* walk(root.tree, '')
  }
}

const linked = (name: string, executable: boolean): boolean => executable || /\.so(\.|$)/.test(name)

function found(name: string): ReturnType<typeof resolveToolchain> {
  try {
    return resolveToolchain(name)
  } catch (error) {
    if (error instanceof ToolchainError) fail(`${name}: no such file or folder, and ${error.message}`)
    throw error
  }
}

function judged(demand: Demand, loader: LoaderDemand, surface: Surface, builtFor: ScanOptions['builtFor']): Scan {
  const lists = { missing: [] as Asked[], stubs: [] as Asked[], hostOnly: [] as Asked[], elsewhere: [] as Asked[], weak: [] as Asked[] }
  let served = 0
  for (const { name: askedAs, by, weak } of demand.open()) {
    const verdict = judge(askedAs, surface, builtFor)
    const closing = closesAt(verdict.name, [surface.date])
    const asked: Asked = { name: verdict.name, askedAs, by, ...(closing === undefined ? {} : { closesAt: closing }) }
    if (verdict.kind === 'served' || verdict.kind === 'host-spelling') {
      served++
      if (statusOf(verdict.name, surface) === 'stub') lists.stubs.push(asked)
    } else if (NOT_OF_C.test(askedAs)) lists.elsewhere.push(asked)
    else if (weak) lists.weak.push(asked)
    else (verdict.kind === 'upstream' ? lists.missing : lists.hostOnly).push(asked)
  }
  const { objects, damaged } = demand
  const { staticPrograms } = loader
  return { surface: surface.date, objects, served, damaged, ...lists, loader: loader.judged(surface.date), staticPrograms }
}

function text(scan: Scan): string {
  const rows = (title: string, asked: readonly Asked[]): string[] =>
    asked.length === 0
      ? []
      : [
          '',
          `${title}: ${asked.length}`,
          table(asked.map((a) => [`  ${a.name}`, a.closesAt ? `closed by ${a.closesAt}` : '', a.askedAs, a.by])),
        ]
  return [
    `surface ${scan.surface}: ${scan.objects} objects ask for ${scan.served + scan.missing.length + scan.hostOnly.length + scan.elsewhere.length + scan.weak.length} names; ${scan.served} served (${scan.stubs.length} by stubs), ${scan.missing.length} missing, ${scan.hostOnly.length} host-only, ${scan.elsewhere.length} of other libraries, ${scan.weak.length} weak and absent`,
    ...(scan.damaged.length === 0 ? [] : ['', `not read: ${scan.damaged.length}`, ...scan.damaged.map((line) => `  ${line}`)]),
    ...rows('missing', scan.missing),
    ...rows('stubs', scan.stubs),
    ...rows('host-only', scan.hostOnly),
    ...rows('of other libraries', scan.elsewhere),
    ...rows('weak, so null', scan.weak),
    ...loaderRows(scan.loader),
    ...(scan.staticPrograms.length === 0
      ? []
      : [
          '',
          `static, so that they ask for nothing by name: ${scan.staticPrograms.length}`,
          ...scan.staticPrograms.map((path) => `  ${path}`),
        ]),
  ].join('\n')
}

function loaderRows(asked: readonly AskedAbility[]): string[] {
  if (asked.length === 0) return []
  const lacking = asked.filter((ability) => !isGranted(ability)).length
  const verdict = ({ present, absence }: AskedAbility): string => (present ? 'served' : `lacks: ${absence}`)
  return [
    '',
    `asked of ld.so: ${asked.length}, ${lacking} lacking`,
    table(asked.map((a) => [`  ${a.name}`, verdict(a), a.tlsModel ?? '', a.by])),
  ]
}
