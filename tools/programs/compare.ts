/** A script run in a node and natively, over the same trees, at the same paths, and what differs. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NodeReport } from '@bootgraph/build-graph'
import type { NativeRoot } from '../native/native-root.ts'

export const TOOLCHAIN = 'debian-programs'
const bootgraph = fileURLToPath(new URL('../../apps/cli/bin/bootgraph.mjs', import.meta.url))
const folder = fileURLToPath(new URL('./scripts', import.meta.url))
const ENVIRONMENT = { PATH: '/usr/bin', HOME: '/root', LC_ALL: 'C', TZ: 'UTC0' }
/** Where a script works. */
const WORK = '/w'
const SCRIPT = '.script'
const LIMIT_SECONDS = 900
/** What lies in the folder before the script begins is of this time, before either side's clock. */
const BEFORE = 1_577_836_800

export interface Script {
  readonly name: string
  readonly text: string
  readonly shell: 'sh' | 'bash'
  /** Packages whose programs it is about. */
  readonly packages: readonly string[]
  /** Why it is known to differ; a script that then agrees has lost the mark's reason. */
  readonly known: string | undefined
}

/** Lines `# key: words` at the head of a script. */
const head = (text: string, key: string): string | undefined => new RegExp(`^# ${key}: (.*)$`, 'm').exec(text)?.[1]

export const scripts = (): Script[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.sh'))
    .map((file): Script => {
      const text = readFileSync(join(folder, file), 'utf8')
      const shell = head(text, 'shell') === 'bash' ? 'bash' : 'sh'
      const packages = head(text, 'packages')?.split(' ') ?? []
      return { name: file.replace(/\.sh$/, ''), text, shell, packages, known: head(text, 'differs') }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))

interface Side {
  /** The exit status, or 128 + signal. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** What the folder holds: name → type, mode, and digest or target. */
  readonly files: Readonly<Record<string, string>>
  readonly seconds: number
}

export interface Comparison {
  readonly node: Side
  readonly native: Side
  /** Of code, stdout, stderr and the names of files. */
  readonly differs: readonly string[]
  /** Model gaps that the node met, by name; functions that are only imported are not met. */
  readonly gaps: readonly string[]
}

export async function compare(script: Script, native: NativeRoot): Promise<Comparison> {
  const work = mkdtempSync(join(tmpdir(), 'bootgraph-program-'))
  try {
    const own = prepared(script, join(work, 'node'))
    const report = join(work, 'report.json')
    const ended = await inNode(script, own, report)
    const node = { ...ended, files: contents(own) }
    const other = prepared(script, join(work, 'native'))
    const begun = Date.now()
    const run = native.run([script.shell, `${WORK}/${SCRIPT}`], {
      mounts: [[other, WORK]],
      cwd: WORK,
      env: ENVIRONMENT,
      timeout: LIMIT_SECONDS,
    })
    const seconds = (Date.now() - begun) / 1000
    const code = run.status ?? 128 + 9
    const there = { code, stdout: run.stdout, stderr: run.stderr, files: contents(other), seconds }
    const { gaps } = JSON.parse(readFileSync(report, 'utf8')) as NodeReport
    const met = gaps.filter(
      ({ truth, occurrences }) => truth === 'model' && occurrences.some(({ found, detail }) => found === 'call' && detail !== undefined),
    )
    return { node, native: there, differs: differences(node, there), gaps: [...new Set(met.map(({ name }) => name))].sort() }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function prepared({ text }: Script, at: string): string {
  mkdirSync(at, { mode: 0o755 })
  writeFileSync(join(at, SCRIPT), text)
  for (const path of [join(at, SCRIPT), at]) utimesSync(path, BEFORE, BEFORE)
  return at
}

function inNode(script: Script, own: string, report: string): Promise<Omit<Side, 'files'>> {
  const variables = Object.entries(ENVIRONMENT).flatMap(([name, value]) => ['--env', `${name}=${value}`])
  const options = [
    '--toolchain',
    TOOLCHAIN,
    '--mount',
    `${own}:${WORK}:rw`,
    '--cwd',
    WORK,
    '--report',
    report,
    '--timeout',
    String(LIMIT_SECONDS),
  ]
  const begun = Date.now()
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [bootgraph, 'run', '--quiet', ...options, ...variables, '--', script.shell, `${WORK}/${SCRIPT}`],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    const read = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (part) => (read.stdout += part))
    child.stderr.setEncoding('utf8').on('data', (part) => (read.stderr += part))
    child.on('error', reject)
    child.on('close', (status) => resolve({ code: status ?? 128 + 9, ...read, seconds: (Date.now() - begun) / 1000 }))
  })
}

function contents(at: string): Record<string, string> {
  const out: Record<string, string> = {}
  for (const name of (readdirSync(at, { recursive: true, encoding: 'utf8' }) as string[]).sort()) {
    const path = join(at, name)
    const stat = lstatSync(path)
    const mode = stat.mode.toString(8)
    if (stat.isSymbolicLink()) out[name] = `link to ${readlinkSync(path)}`
    else if (stat.isFile()) out[name] = `${mode} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`
    // A FIFO lives in the node alone.
    else if (!stat.isFIFO()) out[name] = mode
  }
  return out
}

function differences(node: Side, native: Side): string[] {
  const out = (['code', 'stdout', 'stderr'] as const).filter((key) => node[key] !== native[key]) as string[]
  for (const name of new Set([...Object.keys(node.files), ...Object.keys(native.files)]))
    if (node.files[name] !== native.files[name]) out.push(`file ${name}`)
  return out
}
