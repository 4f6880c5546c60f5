/**
 * `npm run ui-tests -- [--share N] [--linkage L] [--jobs N] [--only NAME]`: rustc's own tests in a node and natively, the node first and into an
 * empty folder. Compared: exit code, diagnostics, standard output, every file written; of run-pass tests also the program's run.
 * The agreement is kept as data in docs/ui-tests/. What agreed is not run again under the same node image, so that an interrupted
 * run goes on where it was; what is asked for by name always runs.
 */
import { type SpawnSyncReturns, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { dataFolder } from '@bootgraph/build-graph/store'
import { Interpreter, linkFlags, programFlags } from '@bootgraph/rustc-bootstrap'
import { NativeRoot } from '../native/native-root.ts'
import { sample, type UiTest } from './sample.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const bootgraph = join(root, 'apps/cli/bin/bootgraph.mjs')
const { values } = parseArgs({
  options: {
    share: { type: 'string', default: '170' },
    linkage: { type: 'string', default: 'dynamic' },
    jobs: { type: 'string', default: '2' },
    only: { type: 'string' },
  },
})
const native = await NativeRoot.open()
const work = mkdtempSync(join(tmpdir(), 'bootgraph-ui-'))
const sysroot = join(work, 'sysroot')
await node(['sysroot', sysroot, '--bridge'])

/** The same words on both sides; in the node they find our start files and C library, natively the distribution's. */
const LINK = [...linkFlags('/sysroot'), ...programFlags('/sysroot', Interpreter.linux)]

interface Side {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
  /** Digest by path of what the run wrote, `folder` for a folder; executables are judged by their run. */
  readonly files: Readonly<Record<string, string>>
  readonly run?: { readonly code: number | null; readonly stdout: string; readonly stderr: string }
}

interface Outcome {
  readonly name: string
  readonly kind: UiTest['kind']
  readonly agrees: boolean
  /** What differs, in the order of checking. */
  readonly differs?: string
  readonly node?: string
  readonly native?: string
}

type Ended = Pick<SpawnSyncReturns<string>, 'status' | 'signal' | 'stdout' | 'stderr'>

function node(args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bootgraph, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const read = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text) => (read.stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (read.stderr += text))
    child.on('error', reject).on('close', (status, signal) => resolve({ status, signal, ...read }))
  })
}

function rustcArguments(test: UiTest): string[] {
  const emit = test.kind === 'run-pass' ? LINK : ['--emit=metadata']
  return ['rustc', '/t/test.rs', '-o', '/t/out', '-Zui-testing', '--color=never', ...test.flags, ...emit]
}

async function side(
  test: UiTest,
  run: (command: readonly string[], folder: string, env: Record<string, string>) => Promise<Ended> | Ended,
): Promise<Side> {
  const folder = mkdtempSync(join(work, 't-'))
  writeFileSync(join(folder, 'test.rs'), test.source)
  const compiled = await run(rustcArguments(test), folder, { RUSTC_BOOTSTRAP: '1', ...test.environment })
  const written = readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => ({ path: relative(folder, join(entry.parentPath, entry.name)), isFolder: entry.isDirectory() }))
    .filter(({ path }) => path !== 'test.rs')
    .sort((a, b) => (a.path < b.path ? -1 : 1))
  const program = test.kind === 'run-pass' && compiled.status === 0 && written.some(({ path }) => path === 'out')
  const digest = (path: string): string =>
    createHash('sha256')
      .update(readFileSync(join(folder, path)))
      .digest('hex')
  const files = Object.fromEntries(
    written.filter(({ path }) => !(program && path === 'out')).map(({ path, isFolder }) => [path, isFolder ? 'folder' : digest(path)]),
  )
  // The linker's line names rustc's temporary folder, which is called differently each time.
  const stderr = compiled.stderr.replace(/\/tmp\/rustc\w{6}\b/g, '/tmp/rustcXXXXXX')
  const ran = program ? await run(['/t/out'], folder, {}) : undefined
  rmSync(folder, { recursive: true, force: true })
  return {
    code: compiled.status,
    signal: compiled.signal,
    stdout: compiled.stdout,
    stderr,
    files,
    ...(ran ? { run: { code: ran.status, stdout: ran.stdout, stderr: ran.stderr } } : {}),
  }
}

async function compare(test: UiTest): Promise<Outcome> {
  const inNode = await side(test, (command, folder, env) =>
    node([
      ...[
        'run',
        '--linkage',
        values.linkage,
        '--timeout',
        '120',
        '--mount',
        `${folder}:/t:rw`,
        '--mount',
        `${sysroot}:/sysroot`,
        '--cwd',
        '/t',
      ],
      ...Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      '--',
      ...command,
    ]),
  )
  const natively = await side(test, (command, folder, env) =>
    native.run(command, {
      mounts: [
        [folder, '/t'],
        [join(native.folder, 'usr/lib/x86_64-linux-gnu'), '/sysroot'],
      ],
      cwd: '/t',
      env,
      timeout: 60,
    }),
  )
  const text = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
  for (const what of ['code', 'signal', 'stderr', 'stdout', 'files', 'run'] as const) {
    if (JSON.stringify(inNode[what]) !== JSON.stringify(natively[what]))
      return {
        name: test.name,
        kind: test.kind,
        agrees: false,
        differs: what,
        ...around(text(what === 'code' ? `${inNode.code}: ${inNode.stderr}` : inNode[what]), text(natively[what])),
      }
  }
  return { name: test.name, kind: test.kind, agrees: true }
}

/** Both texts from a little before where they part. */
function around(node: string, native: string): Pick<Outcome, 'node' | 'native'> {
  let same = 0
  while (same < node.length && node[same] === native[same]) same++
  const [from, to] = [Math.max(same - 300, 0), same + 700]
  return { node: node.slice(from, to), native: native.slice(from, to) }
}

const tests = (await sample(Number(values.share))).filter((test) => values.only === undefined || test.name.includes(values.only))
const { digest: image } = JSON.parse(readFileSync(join(root, 'dist/node-image.json'), 'utf8')) as { digest: string }
const kept = join(dataFolder(), 'ui-tests', `${image}-${values.linkage}.jsonl`)
mkdirSync(join(kept, '..'), { recursive: true })
const wanted = new Set(tests.map(({ name }) => name))
const outcomes = (values.only === undefined && existsSync(kept) ? readFileSync(kept, 'utf8').split('\n').filter(Boolean) : [])
  .map((line) => JSON.parse(line) as Outcome)
  .filter(({ name, agrees }) => agrees && wanted.delete(name))
if (outcomes.length > 0) console.log(`${outcomes.length}/${tests.length} are known of this node image (${kept})`)
const queue = tests.filter(({ name }) => wanted.has(name)).values()
await Promise.all(
  Array.from({ length: Number(values.jobs) }, async () => {
    for (const test of queue) {
      const outcome = await compare(test)
      outcomes.push(outcome)
      appendFileSync(kept, `${JSON.stringify(outcome)}\n`)
      if (values.only !== undefined && !outcome.agrees) console.log(outcome)
      console.log(`${outcomes.length}/${tests.length} ${outcome.agrees ? '✓' : `✗ ${outcome.differs}`} ${test.kind} ${test.name}`)
    }
  }),
)
rmSync(work, { recursive: true, force: true })
outcomes.sort((a, b) => (a.name < b.name ? -1 : 1))
const kinds = ['run-pass', 'check-pass', 'fail'] as const
const counts = Object.fromEntries(
  kinds.map((kind) => {
    const all = outcomes.filter((outcome) => outcome.kind === kind)
    return [kind, { tests: all.length, agree: all.filter((outcome) => outcome.agrees).length }]
  }),
)
console.log(JSON.stringify(counts))
if (values.only === undefined) {
  mkdirSync(join(root, 'docs/ui-tests'), { recursive: true })
  const disagreements = outcomes.filter((outcome) => !outcome.agrees)
  writeFileSync(
    join(root, `docs/ui-tests/${values.linkage}.json`),
    `${JSON.stringify({ toolchain: 'debian', linkage: values.linkage, counts, disagreements, agreements: outcomes.filter((o) => o.agrees).map((o) => o.name) }, null, 1)}\n`,
  )
}
process.exit(outcomes.every((outcome) => outcome.agrees) ? 0 : 1)
