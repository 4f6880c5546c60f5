import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '@bootgraph/build-graph'
import { TreeReader } from '@bootgraph/build-graph/store'
import { historyOf, judge, type Surface } from '@bootgraph/relibc/surface'
import { Demand, resolveToolchain, ToolchainError } from '@bootgraph/rustc-bootstrap'
import { type Command, Option } from 'commander'
import { ExitCode } from '../exit-codes.ts'
import { fail, print, table } from '../output.ts'
import { SURFACE_HELP, surfaceOf } from '../surface-option.ts'

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
  /** First date at which relibc had it. */
  readonly since?: string
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
    .action((what: string, options: ScanOptions) => {
      const surface = surfaceOf(options.surface)
      const demand = new Demand()
      for (const { path, bytes } of filesOf(what)) demand.add(path, bytes)
      if (demand.objects === 0) fail(demand.damaged[0] ?? `${what}: holds no ELF file for x86-64`)
      const scan = judged(demand, surface, options.builtFor)
      print(scan, options.json, text)
      process.exitCode = scan.missing.length === 0 ? ExitCode.ok : ExitCode.no
    })
}

const NOT_OF_C = /^(_Unwind_|__rust_|_Z|_R[A-Z])/

interface Scanned {
  readonly path: string
  readonly bytes: Uint8Array
}

function filesOf(what: string): Iterable<Scanned> {
  const stat = statSync(what, { throwIfNoEntry: false })
  if (stat?.isFile()) return [{ path: what, bytes: readFileSync(what) }]
  return stat?.isDirectory() ? inFolder(what) : inToolchain(what)
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

function judged(demand: Demand, surface: Surface, builtFor: ScanOptions['builtFor']): Scan {
  const lists = { missing: [] as Asked[], stubs: [] as Asked[], hostOnly: [] as Asked[], elsewhere: [] as Asked[], weak: [] as Asked[] }
  let served = 0
  for (const { name: askedAs, by, weak } of demand.open()) {
    const verdict = judge(askedAs, surface, builtFor)
    const since = historyOf(verdict.name).find(({ status }) => status === 'implemented' || status === 'stub')?.date
    const asked: Asked = { name: verdict.name, askedAs, by, ...(since === undefined ? {} : { since }) }
    if (verdict.kind === 'served' || verdict.kind === 'host-spelling') {
      served++
      if (verdict.stub) lists.stubs.push(asked)
    } else if (NOT_OF_C.test(askedAs)) lists.elsewhere.push(asked)
    else if (weak) lists.weak.push(asked)
    else (verdict.kind === 'upstream' ? lists.missing : lists.hostOnly).push(asked)
  }
  return { surface: surface.date, objects: demand.objects, served, damaged: demand.damaged, ...lists }
}

function text(scan: Scan): string {
  const rows = (title: string, asked: readonly Asked[]): string[] =>
    asked.length === 0
      ? []
      : [
          '',
          `${title}: ${asked.length}`,
          table(asked.map((a) => [`  ${a.name}`, a.since ? `first in ${a.since}` : 'never', a.askedAs, a.by])),
        ]
  return [
    `surface ${scan.surface}: ${scan.objects} objects ask for ${scan.served + scan.missing.length + scan.hostOnly.length + scan.elsewhere.length + scan.weak.length} names; ${scan.served} served (${scan.stubs.length} by stubs), ${scan.missing.length} missing, ${scan.hostOnly.length} host-only, ${scan.elsewhere.length} of other libraries, ${scan.weak.length} weak and absent`,
    ...(scan.damaged.length === 0 ? [] : ['', `not read: ${scan.damaged.length}`, ...scan.damaged.map((line) => `  ${line}`)]),
    ...rows('missing', scan.missing),
    ...rows('stubs', scan.stubs),
    ...rows('host-only', scan.hostOnly),
    ...rows('of other libraries', scan.elsewhere),
    ...rows('weak, so null', scan.weak),
  ].join('\n')
}
