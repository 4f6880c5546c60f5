/**
 * `npm run bench -- [ROW…]`: user + system CPU of whole commands, medians of several runs, as ratios in the same run: native,
 * qemu-user where installed, bootgraph. Results are kept in tools/bench/results, one file a day, and printed as a table.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NodeReport } from '@bootgraph/build-graph'
import { commandNames, commandRows } from './commands.ts'
import { measure, median, type Row } from './measure.ts'
import { rustcNames, rustcRows } from './rustc.ts'
import { BRIEF, settle } from './settle.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const here = fileURLToPath(new URL('.', import.meta.url))
const bootgraph = join(root, 'apps/cli/bin/bootgraph.mjs')
const qemu = spawnSync('sh', ['-c', 'command -v qemu-x86_64'], { encoding: 'utf8' }).stdout.trim()
const only = process.argv.slice(2)
const programs = readdirSync(join(here, 'programs')).sort()
const names = [...programs.map((file) => basename(file, '.c')), ...commandNames, ...rustcNames]
const unknown = only.find((name) => !names.includes(name))
if (unknown !== undefined) {
  console.error(`bench: there is no row ${unknown}; there are ${names.join(', ')}`)
  process.exit(2)
}
const runs = Number(process.env.BOOTGRAPH_BENCH_RUNS ?? 3)

function timed(command: readonly string[], expected: string | undefined): { cpu: number; stdout: string } {
  const all = Array.from({ length: runs }, () => measure(command))
  for (const one of all) {
    if (one.code !== 0) throw new Error(`${command.join(' ')}: exit ${one.code}`)
    if (expected !== undefined && one.stdout !== expected) throw new Error(`${command.join(' ')}: output differs from native`)
  }
  return { cpu: median(all.map((one) => one.cpu)), stdout: all[0].stdout }
}

const rows: Row[] = []
function add(row: Row): void {
  rows.push({ ...row, processor: cpus()[0]?.model })
  const of = (seconds: number | undefined) => (seconds === undefined ? '–' : `${seconds.toFixed(2)} s`)
  const ratios = [
    ...(row.native ? [`${(row.bootgraph / row.native).toFixed(1)}x native`] : []),
    ...(row.qemu ? [`${(row.bootgraph / row.qemu).toFixed(2)}x qemu-user`] : []),
  ]
  console.log(
    `${row.name.padEnd(16)} native ${of(row.native)}  qemu-user ${of(row.qemu)}  bootgraph ${of(row.bootgraph)}` +
      `${row.cold === undefined ? '' : `, cold ${of(row.cold)}`}  ${ratios.join('  ')}${row.peak === undefined ? '' : `  ${row.peak} MiB`}`,
  )
}

const work = mkdtempSync(join(tmpdir(), 'bootgraph-bench-'))
/** Translations begin afresh. */
const data = mkdtempSync(join(tmpdir(), 'bootgraph-bench-'))
for (const file of programs) {
  const name = basename(file, '.c')
  if (only.length > 0 && !only.includes(name)) continue
  const program = join(work, name)
  const built = spawnSync('cc', ['-O2', '-o', program, join(here, 'programs', file)], { stdio: 'inherit' })
  if (built.status !== 0) throw new Error(`cannot build ${file}: a C compiler is needed for the benches`)
  const native = timed([program], undefined)
  const report = join(work, 'report.json')
  const inNode = (...limit: string[]) => [
    ...['env', `BOOTGRAPH_DATA=${data}`, process.execPath, bootgraph, 'run', '--report', report, ...limit],
    ...['--toolchain', 'none', '--root', work, '--', `/${name}`],
  ]
  const cold = measure(inNode()).cpu
  const settling = settle(report, () => measure(inNode()))
  const { cpu } = timed(inNode(...BRIEF), native.stdout)
  const { measured } = JSON.parse(readFileSync(report, 'utf8')) as NodeReport
  const peak = Math.round(measured.peakMemory / 2 ** 20)
  const other = qemu ? timed([qemu, program], native.stdout).cpu : undefined
  add({ name, runs, native: native.cpu, qemu: other, bootgraph: cpu, cold, settling, peak })
}
for (const row of commandRows({ only, runs, bootgraph })) add(row)
for await (const row of rustcRows({ only, runs, qemu, bootgraph })) add(row)
for (const folder of [work, data]) rmSync(folder, { recursive: true })

const results = join(here, 'results')
const file = join(results, `${new Date().toISOString().slice(0, 10)}.json`)
mkdirSync(results, { recursive: true })
// Rows that were measured earlier this day and not now stay.
const earlier = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { rows: Row[] }).rows : []
const all = [...earlier.filter(({ name }) => rows.every((row) => row.name !== name)), ...rows]
writeFileSync(file, `${JSON.stringify({ node: process.version, cores: cpus().length, unit: 'CPU seconds, median', rows: all }, null, 2)}\n`)
