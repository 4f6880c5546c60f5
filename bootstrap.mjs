/**
 * The first step of every npm script: brings the checkout to the state that the script needs, then hands over.
 * Uses Node built-ins only, since it runs before anything is installed.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const bin = (name) => join(root, 'node_modules', '.bin', name)
const windows = process.platform === 'win32'
process.env.NX_DAEMON ??= 'false'
process.env.NX_TUI ??= 'false'

function fail(line) {
  console.error(`bootgraph: ${line}`)
  process.exit(1)
}

function run(command, args, { optional = false } = {}) {
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: windows })
  if (done.error) fail(`cannot start ${command}: ${done.error.message}`)
  if (done.status !== 0 && !optional) process.exit(done.status ?? 1)
  return done.status ?? 1
}

/** Hands the terminal over: signals reach the program itself, and its end is ours. */
async function follow(command, args) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit' })
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => name === 'SIGTERM' && child.kill(name))
  process.exit(await new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1))))
}

function install() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) fail(`Node ${process.versions.node} is too old; install Node 20.19 or newer`)
  const lock = readFileSync(join(root, 'package-lock.json'))
  const key = createHash('sha256').update(lock).update(`${process.version} ${process.platform} ${process.arch}`).digest('hex')
  const mark = join(root, 'node_modules', '.bootgraph-install')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === key) return
  console.log('bootgraph: installing dependencies')
  run(windows ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  mkdirSync(dirname(mark), { recursive: true })
  writeFileSync(mark, key)
}

function image() {
  run(process.execPath, ['tools/node-image/build.mjs'])
  run(process.execPath, ['tools/build-cli.mjs'])
  run(process.execPath, ['apps/dashboard/build.mjs'])
}

function toolchain() {
  run(process.execPath, ['apps/cli/bin/bootgraph.mjs', 'toolchain', 'install', 'debian', '--no-source'])
}

function setup() {
  install()
  image()
  toolchain()
}

/** Runs vitest and closes with the counts on a line of their own. */
function vitest(args) {
  const out = join(root, 'dist', 'test-results.json')
  rmSync(out, { force: true })
  const status = run(bin('vitest'), ['run', '--reporter=default', '--reporter=json', `--outputFile=${out}`, ...args], { optional: true })
  const result = existsSync(out) ? JSON.parse(readFileSync(out, 'utf8')) : { numPassedTests: 0, numFailedTests: 0 }
  console.log(`${result.numPassedTests} passed, ${result.numFailedTests} failed`)
  return status
}

/** Lint and types: of each room through Nx, which knows what has not changed, and of what stands beside the rooms; relibc's registry. */
function check() {
  run(bin('biome'), ['check', '--error-on-warnings', 'tools', ...readdirSync(root).filter((name) => /\.(ts|mjs)$/.test(name))])
  run(bin('tsc'), ['-p', 'tools'])
  run(bin('tsx'), ['tools/check-registry.ts'])
  run(process.execPath, ['node_modules/nx/dist/bin/nx.js', 'run-many', '-t', 'lint', 'typecheck', '--parallel=2', '--outputStyle=static'])
}

const [verb, ...rest] = process.argv.slice(2)
switch (verb) {
  case 'setup':
    setup()
    break
  case 'start':
    setup()
    await follow(process.execPath, ['--import', 'tsx', 'tools/start/index.ts', ...rest])
    break
  case 'stage': {
    // A named long run whose result is kept as data; started again it goes on from what has ended.
    setup()
    run(process.execPath, ['apps/cli/bin/bootgraph.mjs', 'toolchain', 'install', 'rustc-source'])
    const [stage, ...more] = rest
    const report = join(root, 'dist', 'bootstrap', `${stage}.json`)
    const built = run(process.execPath, ['apps/cli/bin/bootgraph.mjs', 'build', stage, '--local', '--report', report, ...more], {
      optional: true,
    })
    run(bin('tsx'), ['tools/bootstrap/index.ts', report])
    process.exit(built)
    break
  }
  case 'check':
    install()
    check()
    break
  case 'test':
    setup()
    check()
    process.exit(vitest(rest))
    break
  case 'test:full': {
    setup()
    const status = vitest(['--config', 'vitest.full.config.ts', ...rest])
    const results = join(root, 'dist', 'test-results.json')
    if (existsSync(results)) run(bin('tsx'), ['tools/long-tests/index.ts', results])
    process.exit(status)
    break
  }
  case 'bench':
    setup()
    process.exit(run(bin('tsx'), ['tools/bench/index.ts', ...rest], { optional: true }))
    break
  case 'fuzz':
    install()
    process.exit(run(bin('tsx'), ['tools/fuzz/index.ts', ...rest], { optional: true }))
    break
  case 'ui-tests':
    setup()
    process.exit(run(bin('tsx'), ['tools/ui-tests/index.ts', ...rest], { optional: true }))
    break
  case 'programs':
    setup()
    process.exit(run(bin('tsx'), ['tools/programs/index.ts', ...rest], { optional: true }))
    break
  default:
    fail(`unknown verb ${verb}; use one of the npm scripts: setup, start, stage, test, test:full, check, bench, fuzz, ui-tests, programs`)
}
