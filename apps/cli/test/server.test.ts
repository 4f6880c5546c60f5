/** The verbs against a server: a real API, worker and node image, a build of one rung from request to log. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dataFolder } from '@bootgraph/build-graph/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const bootgraph = join(root, 'apps/cli/bin/bootgraph.mjs')
const data = mkdtempSync(join(tmpdir(), 'bootgraph-server-'))
const environment = { ...process.env, BOOTGRAPH_DATA: data, BOOTGRAPH_PORT: '0', BOOTGRAPH_URL: '', BOOTGRAPH_TOKEN: '' }
const children: ChildProcess[] = []

function cli(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bootgraph, ...args], {
    encoding: 'utf8',
    env: { ...environment, ...env },
  })
  return { status, stdout, stderr }
}
/** The same while this process goes on. */
async function later(args: readonly string[], env: Readonly<Record<string, string>>): Promise<{ status: number | null; stderr: string }> {
  const child = spawn(process.execPath, [bootgraph, ...args], { env: { ...environment, ...env }, stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', (piece: Buffer) => {
    stderr += piece.toString()
  })
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, stderr }
}
const json = (...args: string[]): Record<string, unknown> & Record<string, unknown>[] =>
  JSON.parse(cli([...args, '--json']).stdout) as Record<string, unknown> & Record<string, unknown>[]

/** Starts a program of the workspace; resolves with its first line. */
function start(main: string): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, main)], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr?.on('data', (piece: Buffer) => {
      said += piece.toString()
    })
    child.stdout?.on('data', (piece: Buffer) => resolve(piece.toString()))
    child.on('exit', (code) => reject(new Error(`${main} ended with ${code}: ${said}`)))
  })
}

async function registerImage(): Promise<void> {
  const image = JSON.parse(readFileSync(join(root, 'dist/node-image.json'), 'utf8')) as { digest: string; folder: string }
  const { digest } = image
  const folder = join(root, image.folder)
  const { api, token } = JSON.parse(readFileSync(join(data, 'service.json'), 'utf8')) as { api: string; token: string }
  const { bundles } = JSON.parse(readFileSync(join(folder, 'image.json'), 'utf8')) as { bundles: Record<string, string> }
  const put = async (path: string, body?: Uint8Array<ArrayBuffer>): Promise<void> => {
    const headers = { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/octet-stream' } : {}) }
    const { ok, status } = await fetch(`${api}/api/v1${path}`, { method: 'PUT', headers, ...(body ? { body } : {}) })
    if (!ok) throw new Error(`PUT ${path}: ${status}`)
  }
  for (const [name, bundle] of Object.entries(bundles)) await put(`/store/${bundle}`, new Uint8Array(readFileSync(join(folder, name))))
  await put(`/store/${digest}`, new Uint8Array(readFileSync(join(folder, 'image.json'))))
  await put(`/node-images/${digest}`)
}

beforeAll(async () => {
  // The toolchain that is set up, under a database and a queue of this test alone.
  await cp(join(dataFolder(), 'toolchains'), join(data, 'toolchains'), { recursive: true })
  symlinkSync(join(dataFolder(), 'store'), join(data, 'store'))
  await start('apps/build-api/src/main.ts')
}, 120_000)

afterAll(async () => {
  for (const child of children.reverse()) {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    if (child.exitCode === null && child.kill('SIGTERM')) await ended
  }
  // PostgreSQL's files belong to nobody where this runs as root.
  if (existsSync(data)) execFileSync('rm', ['-rf', data])
  rmSync(data, { recursive: true, force: true })
}, 60_000)

const VERBS = [
  ['build'],
  ['status'],
  ['logs'],
  ['gaps'],
  ['explain'],
  ['cancel'],
  ['retry'],
  ['workers'],
  ['gc'],
  ['token', 'create'],
  ['token', 'list'],
  ['token', 'revoke'],
] as const

describe('the command line against a server', () => {
  it('has help and JSON for every verb, and names the help where an option is wrong', () => {
    for (const verb of VERBS) {
      const help = cli([...verb, '--help'])
      expect([verb, help.status, help.stderr]).toEqual([verb, 0, ''])
      expect(help.stdout, verb.join(' ')).toMatch(/^Usage: bootgraph /)
      expect(help.stdout, verb.join(' ')).toMatch(/^ +--json +print JSON/m)
    }
    const words = ['bootgraph: unknown option', `"bootgraph ${'status'} --help" says more`]
    const wrong = cli(['status', '--nosuch'])
    expect([wrong.status, wrong.stdout, words.every((part) => wrong.stderr.includes(part))]).toEqual([2, '', true])
  }, 60_000)

  it('refuses values that make no sense before it asks anybody', () => {
    for (const [args, words] of [
      [['gaps', '--limit', 'many'], /whole number, 1 to 200/],
      [['gaps', '--limit', '0'], /whole number, 1 to 200/],
      [['logs', 'x', '--attempt', 'first'], /whole number, 1 to/],
      [['gc', '--keep-days', ''], /whole number, 0 to/],
      [['gc', '--dry-run', '--delete'], /cannot be used with/],
      [['build'], /missing required argument 'stage'/],
      [['build', 'ladder', '--jobs', '0'], /whole number, 1 or more/],
      [['token', 'create', 'x', '--scope', 'everything'], /is invalid\. Allowed choices are read/],
      [['gaps', '--truth', 'nonsense'], /Expected upstream, model, host-spelling, host-only/],
      [['gaps', '--component', 'relibc,nonsense'], /Expected relibc, ld-so/],
      [['build', 'ladder', '--only', 'x', '--jobs', '2'], /--only, --jobs: of a build on this host; give --local, too/],
      [['build', 'ladder', '--timeout', '5', '--engine', 'mixed', '--again'], /--timeout, --engine, --again: of a build on this host/],
      [['build', 'ladder', '--report', 'x.json'], /--report: of a build on this host/],
      [['build', 'ladder', '--local', '--watch'], /cannot be used with/],
    ] as const) {
      const { status, stdout, stderr } = cli(args, { BOOTGRAPH_URL: 'http://127.0.0.1:9' })
      expect([args, status, stdout]).toEqual([args, 2, ''])
      expect(stderr).toMatch(/^bootgraph: .*\n$/)
      expect(stderr).toMatch(words)
    }
  }, 60_000)

  it('says that nothing is there, each in one line', () => {
    expect(cli(['status'])).toMatchObject({
      status: 2,
      stderr: 'bootgraph: the server has no build yet; "bootgraph build ladder" makes one\n',
    })
    expect(cli(['workers']).stdout).toBe('no worker has reported\n')
    expect(cli(['gaps']).stdout).toBe('no gap\n')
    expect(cli(['build', 'ladder']).stderr).toMatch(/^bootgraph: .*no node image is registered.*\n$/)
  })

  it('refuses a bad token, and a server that is not there', () => {
    const { api } = JSON.parse(readFileSync(join(data, 'service.json'), 'utf8')) as { api: string }
    expect(cli(['status'], { BOOTGRAPH_URL: api, BOOTGRAPH_TOKEN: 'wrong' })).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/; set BOOTGRAPH_TOKEN to a token of this server\n$/) as string,
    })
    expect(cli(['status'], { BOOTGRAPH_URL: 'http://127.0.0.1:9' }).stderr).toMatch(
      /^bootgraph: no server answers at http:\/\/127\.0\.0\.1:9 .*\n$/,
    )
    expect(cli(['status'], { BOOTGRAPH_URL: 'localhost:7420' })).toMatchObject({
      status: 2,
      stderr: 'bootgraph: BOOTGRAPH_URL=localhost:7420: expected http://HOST:PORT\n',
    })
  })

  it('says so where something else than a server of ours answers', async () => {
    const other = createServer((_, response) => void response.setHeader('content-type', 'text/html').end('<h1>It works</h1>'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as { port: number }
    const { status, stderr } = await later(['status'], { BOOTGRAPH_URL: `http://127.0.0.1:${port}` })
    other.close()
    expect([status, stderr]).toEqual([1, 'bootgraph: what answers there is no bootgraph server; look at BOOTGRAPH_URL\n'])
  })

  it('refuses an unknown stage, builds a rung, follows it to its end, and shows what it printed and why it ran', async () => {
    await registerImage()
    await start('apps/worker/src/main.ts')
    expect(cli(['build', 'stage9'])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^bootgraph: .*there is no stage "stage9".*\n$/) as string,
    })
    const built = cli(['build', 'ladder', '--rung', 'rustc-version', '--linkage', 'dynamic', '--watch', '--json'])
    expect(built.status).toBe(0)
    expect(JSON.parse(built.stdout)).toMatchObject({ state: 'ended', counts: { failed: 0, blocked: 0 } })
    expect(cli(['status']).stdout).toMatch(/^state +ended$/m)
    expect(cli(['logs', 'rustc --version', '--stream', 'stdout']).stdout).toMatch(/^rustc \d/)
    expect(cli(['logs', 'dynamic-rustc-version-1', '-f']).stdout).toMatch(/^rustc \d/)
    expect(json('explain', 'dynamic-rustc-version-1')).toMatchObject({ unit: 'dynamic-rustc-version-1', verdict: 'first', ran: true })
    expect(json('workers')).toMatchObject([{ state: 'live' }])
    expect(json('gaps', '--limit', '1')).toHaveLength(1)
    expect(json('gaps', '--build', 'latest', '--limit', '1')).toHaveLength(1)
    expect(json('logs', 'rustc --version', '--stream', 'stdout')).toMatchObject({
      unit: 'dynamic-rustc-version-1',
      attempt: 1,
      stdout: expect.stringMatching(/^rustc \d/) as string,
    })
    expect(cli(['logs', 'rustc --version'])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^rustc \d/) as string })
    expect(Object.keys(json('logs', 'rustc --version'))).toEqual(['build', 'unit', 'attempt', 'stdout', 'stderr'])
    expect(cli(['logs', 'dynamic-rustc-version-1', '-f', '--stream', 'stderr']).stdout).toBe('')
    const truths = json('gaps', '--limit', '200').map(({ truth }) => truth)
    expect(new Set(truths).size).toBeGreaterThan(1)
    expect([...new Set(truths)]).toEqual(['upstream', 'model', 'host-only', 'host-spelling'].filter((truth) => truths.includes(truth)))
    expect(new Set(json('gaps', '--truth', 'host-only').map(({ truth }) => truth))).toEqual(new Set(['host-only']))
    const followed = cli(['logs', 'dynamic-rustc-version-1', '-f', '--json']).stdout.trimEnd().split('\n')
    expect(followed.map((line) => (JSON.parse(line) as { text: string }).text).join('')).toMatch(/^rustc \d/)
    for (const [args, words] of [
      [['retry', 'latest'], 'no unit of the build has failed or was cancelled'],
      [['cancel', 'latest'], 'has ended'],
      [['status', '99'], 'the server has no build "99"'],
      [['gaps', '--build', '99'], 'the server has no build "99"'],
      [['explain', 'nosuch'], 'has no unit "nosuch"'],
      [['logs', 'nosuch'], 'has no unit "nosuch"'],
      [['logs', 'rustc --version', '--attempt', '7'], 'no such attempt'],
      [['token', 'revoke', 'nosuch'], 'no such token'],
      [['build', 'ladder', '--toolchain', 'nosuch'], 'no toolchain "nosuch" here'],
      [['build', 'ladder', '--surface', '1999-01-01'], 'is no surface'],
    ] as const) {
      const { status, stdout, stderr } = cli(args)
      expect([args, status, stdout]).toEqual([args, 2, ''])
      expect(stderr).toMatch(/^bootgraph: .*\n$/)
      expect(stderr).toContain(words)
    }
  }, 300_000)

  it('prints nothing but JSON where JSON was asked for, though units fail while it watches', () => {
    // A toolchain whose programs nobody finds.
    const debian = JSON.parse(readFileSync(join(data, 'toolchains/debian.json'), 'utf8')) as object
    writeFileSync(join(data, 'toolchains/nothing.json'), JSON.stringify({ ...debian, name: 'nothing', path: ['/nowhere'] }))
    const built = cli(['build', 'ladder', '--toolchain', 'nothing', '--rung', 'rustc-version', '--linkage', 'dynamic', '--watch', '--json'])
    expect([built.status, JSON.parse(built.stdout)]).toMatchObject([1, { state: 'ended', counts: { failed: 1 } }])
    expect(built.stderr).toContain('✗ ')
    const text = cli(['status', '--watch'])
    expect(text.status).toBe(1)
    expect(text.stdout).toMatch(/^✗ +.*rustc --version/m)
    expect(json('retry', 'latest')).toMatchObject({ state: 'running' })
    expect(json('status', '--watch')).toMatchObject({ state: 'ended', counts: { failed: 1 } })
  }, 120_000)

  it('finds a second build of the same in the cache', () => {
    const again = cli(['build', 'ladder', '--rung', 'rustc-version', '--linkage', 'dynamic', '--watch', '--json'])
    expect(JSON.parse(again.stdout)).toMatchObject({ state: 'ended', counts: { built: 0, failed: 0 } })
    expect(json('status', '--all')).toHaveLength(3)
  }, 120_000)

  it('makes a token, shows it without its secret, and revokes it', () => {
    const { secret, token } = json('token', 'create', 'reader', '--scope', 'read') as unknown as { secret: string; token: { id: string } }
    const { api } = JSON.parse(readFileSync(join(data, 'service.json'), 'utf8')) as { api: string }
    const reader = { BOOTGRAPH_URL: api, BOOTGRAPH_TOKEN: secret }
    expect(cli(['status', '--all'], reader).status).toBe(0)
    expect(cli(['build', 'ladder'], reader).status).toBe(2)
    expect(cli(['token', 'list']).stdout).not.toContain(secret)
    expect(cli(['build', 'ladder'], reader).stderr).toContain('this needs the scope trigger')
    expect(json('token', 'revoke', token.id)).toEqual({ id: token.id })
    expect(cli(['status', '--all'], reader).status).toBe(2)
  })

  it('says what a collection would remove and removes nothing', () => {
    expect(json('gc')).toMatchObject({ dryRun: true, nx: { removed: 0 } })
    expect(cli(['gc']).stdout).toMatch(/would remove \d+ of \d+ blobs .* and 0 of \d+ entries of Nx's cache/)
  }, 120_000)

  it('lists every token and worker, though there are more than the server gives at once', async () => {
    const { api, token } = JSON.parse(readFileSync(join(data, 'service.json'), 'utf8')) as { api: string; token: string }
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const say = async (method: string, path: string, body: object): Promise<void> => {
      const { status } = await fetch(`${api}/api/v1${path}`, { method, headers, body: JSON.stringify(body) })
      expect(status).toBeLessThan(300)
    }
    const names = Array.from({ length: 201 }, (_, at) => `many-${at}`)
    for (const name of names) {
      await say('POST', '/tokens', { name, scopes: ['read'] })
      await say('PUT', `/workers/${name}`, { host: 'atlas', concurrency: 1, memory: 1, memoryUsed: 0, draining: false })
    }
    const listed = (...verb: string[]) => json(...verb).flatMap(({ name, id }) => [name, id])
    expect(listed('token', 'list')).toEqual(expect.arrayContaining(names))
    expect(listed('workers')).toEqual(expect.arrayContaining(names))
  }, 120_000)
})
