/** rustc on each side: its tree with the distribution's C library natively and in qemu-user, and in a node. The objects must be equal. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NodeReport } from '@bootgraph/build-graph'
import { defaultPlace } from '@bootgraph/rustc-bootstrap'
import { NativeRoot } from '../native/native-root.ts'
import { digests, openSource } from '../native/source.ts'
import { measure, median, type Row } from './measure.ts'
import { BRIEF, settle } from './settle.ts'

const LIBRARIES = ['lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu']

interface Case {
  readonly name: string
  readonly args: readonly string[]
  readonly emit?: string
  readonly env?: Readonly<Record<string, string>>
  /** Folder of the compiler's source that is compiled. */
  readonly source?: string
  /** Takes minutes: only if it is asked for by name. */
  readonly long?: boolean
}
const CASES: readonly Case[] = [
  { name: 'rustc-hello', args: ['hello.rs'] },
  {
    name: 'rustc-semver-O',
    source: 'vendor/semver',
    args: ['-O', '--edition=2018', '--crate-type=lib', '--cfg', 'feature="std"', 'src/lib.rs'],
  },
  {
    name: 'rustc-regex-syntax',
    source: 'vendor/regex-syntax',
    args: ['--edition=2018', '--crate-type=lib', '--cfg', 'feature="unicode"', 'src/lib.rs'],
    long: true,
  },
  // As the stages build it.
  {
    name: 'rustc-core',
    source: 'library',
    args: [
      ...['--crate-name', 'core', '--edition=2021', '--crate-type', 'lib', '--target', 'x86_64-unknown-redox'],
      ...['-C', 'opt-level=3', '-C', 'embed-bitcode=no', '-Zforce-unstable-if-unmarked', 'core/src/lib.rs'],
    ],
    emit: 'metadata,link',
    env: { RUSTC_BOOTSTRAP: '1' },
    long: true,
  },
]
export const rustcNames = CASES.map(({ name }) => name)

export interface Sides {
  readonly only: readonly string[]
  readonly runs: number
  readonly qemu: string
  /** The command line's entry. */
  readonly bootgraph: string
}

export async function* rustcRows({ only, runs, qemu, bootgraph }: Sides): AsyncGenerator<Row> {
  const cases = CASES.filter(({ name, long }) => (only.length > 0 ? only.includes(name) : !long))
  if (cases.length === 0) return
  const place = defaultPlace()
  const native = await NativeRoot.open()
  const source = await openSource()
  const work = mkdtempSync(join(tmpdir(), 'bootgraph-bench-'))
  try {
    for (const { name, args, emit = 'obj', env = {}, source: folder, long } of cases) {
      const src = join(work, name)
      if (folder === undefined) {
        mkdirSync(src)
        writeFileSync(join(src, 'hello.rs'), 'fn main() {\n    println!("Hello, world!");\n}\n')
      } else await source(folder, src)
      const command = (out: string) => [`--emit=${emit}`, ...args, '--out-dir', out]
      const variables = Object.entries(env).map(([variable, value]) => `${variable}=${value}`)
      const at = (part: string) => join(native.folder, part)
      const outside = (out: string, emulator: readonly string[] = []) => [
        ...['env', ...variables, ...emulator],
        ...[at('lib64/ld-linux-x86-64.so.2'), '--library-path', LIBRARIES.map(at).join(':')],
        ...[at('usr/bin/rustc'), '--sysroot', at('usr'), ...command(out)],
      ]
      const objects = new Set<string>()
      const timed = (side: string, line: (out: string) => readonly string[], count: number): number => {
        const times = Array.from({ length: count }, () => {
          const out = join(work, 'out')
          rmSync(out, { recursive: true, force: true })
          mkdirSync(out)
          const { cpu, code } = measure(line(out), src)
          if (code !== 0) throw new Error(`${name}, ${side}: exit ${code}`)
          objects.add(JSON.stringify(digests(out)))
          return cpu
        })
        return median(times)
      }
      const report = join(work, 'report.json')
      // At the same places as outside: what rustc makes may name them.
      const inNode =
        (data: string, limit: readonly string[] = []) =>
        (out: string) => [
          ...['env', `BOOTGRAPH_DATA=${data}`, process.execPath, bootgraph, 'run', '--report', report, ...limit],
          ...variables.flatMap((each) => ['--env', each]),
          ...['--mount', `${src}:${src}`, '--mount', `${out}:${out}:rw`, '--cwd', src, '--', 'rustc', ...command(out)],
        ]
      const data = freshData(join(work, `${name}-data`), place.data)
      const cold = timed('cold', inNode(data), 1)
      const settling = settle(report, () => timed('settling', inNode(data), 1))
      const bootgraphTime = timed('warm', inNode(data, long ? [] : BRIEF), runs)
      const { measured } = JSON.parse(readFileSync(report, 'utf8')) as NodeReport
      const row: Row = {
        name,
        runs,
        native: timed('native', (out) => outside(out), runs),
        qemu: qemu ? timed('qemu-user', (out) => outside(out, [qemu]), runs) : undefined,
        bootgraph: bootgraphTime,
        cold,
        settling,
        peak: Math.round(measured.peakMemory / 2 ** 20),
      }
      if (objects.size > 1) throw new Error(`${name}: the sides made different objects`)
      yield row
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** A data folder with everything that the other one has but translations. */
function freshData(folder: string, from: string): string {
  mkdirSync(folder)
  for (const name of readdirSync(from)) if (name !== 'translations') symlinkSync(join(from, name), join(folder, name))
  return folder
}
