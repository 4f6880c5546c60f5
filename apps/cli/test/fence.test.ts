/** What the machine's thread is kept from, in the node image as it is built; `machine.cjs` alone is one that tries. */
import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NodeRequest } from '@bootgraph/build-graph'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runNode } from '../src/node-process.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const bootgraph = join(root, 'apps/cli/bin/bootgraph.mjs')
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bootgraph-fenced-')))
const at = (...names: string[]) => join(folder, ...names)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Tells, in place of a report, what each attempt came to: what it gave, or the code of its error. */
const MACHINE = `
const fs = require('node:fs')
const { parentPort, Worker } = require('node:worker_threads')
const tried = async (work) => { try { return await work() ?? 'done' } catch (error) { return error.code } }
const free = "require('node:child_process').spawnSync('true')"
const ATTEMPTS = {
  program: () => { const { error } = require('node:child_process').spawnSync('true'); if (error) throw error },
  thread: () => { new Worker(free, { eval: true, execArgv: [] }) },
  threadOfHooks: () => {
    const source = \`import { Worker } from 'node:worker_threads'; export const initialize = () => { new Worker('', { eval: true, execArgv: [] }) }\`
    require('node:module').register('data:text/javascript,' + encodeURIComponent(source))
  },
  binding: () => { process.binding('spawn_sync') },
  addon: () => process.dlopen({ exports: {} }, '/none.node'),
  ownMemory: () => fs.closeSync(fs.openSync('/proc/self/mem', 'r+')),
  readImage: ({ image }) => { fs.readFileSync(image + '/thread.cjs') },
  readMount: ({ mount }) => { fs.readdirSync(mount) },
  writeMount: ({ mount }) => fs.writeFileSync(mount + '/made', ''),
  readOther: ({ other }) => { fs.readdirSync(other) },
  writeOther: ({ other }) => fs.writeFileSync(other + '/made', ''),
  writeBeside: ({ mount, other }) => fs.writeFileSync(mount + '/../other/made', ''),
  link: ({ mount }) => fs.symlinkSync('/', mount + '/link'),
  connection: ({ port }) => new Promise((resolve, reject) => {
    require('node:net').connect(port, '127.0.0.1').on('connect', () => resolve('connected')).on('error', reject)
  }),
}
exports.runInThread = async ({ request }) => {
  const report = {}
  for (const [name, attempt] of Object.entries(ATTEMPTS)) report[name] = await tried(() => attempt(request.env))
  parentPort.postMessage({ event: 'report', report })
}`

beforeAll(() => {
  for (const name of ['mount', 'other', 'root']) mkdirSync(at(name))
  const image = JSON.parse(readFileSync(join(root, 'dist/node-image.json'), 'utf8')) as { folder: string }
  cpSync(join(root, image.folder), at('image'), { recursive: true })
  writeFileSync(at('image', 'machine.cjs'), MACHINE)
})

it('starts no program and no thread, and sees the files of its request alone', async () => {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const request = {
    roots: [],
    mounts: [{ host: at('mount'), guest: '/mount', writable: true }],
    timeout: 0,
    memory: 2 ** 20,
    env: { image: at('image'), mount: at('mount'), other: at('other'), port: String(port) },
  }
  const { report } = await runNode({ folder: at('image'), digest: 'a'.repeat(64) }, request as Partial<NodeRequest> as NodeRequest, {
    stdio: 'collect',
  }).finally(() => server.close())
  const denied = 'ERR_ACCESS_DENIED'
  expect(report).toEqual({
    program: denied,
    thread: denied,
    threadOfHooks: denied,
    binding: denied,
    addon: 'ERR_DLOPEN_DISABLED',
    ownMemory: denied,
    readImage: 'done',
    readMount: 'done',
    writeMount: 'done',
    readOther: denied,
    writeOther: denied,
    writeBeside: denied,
    link: denied,
    // Node 25 has it; before that the host's own means are asked for on workers.
    connection: Number(process.versions.node.split('.')[0]) >= 25 ? denied : 'connected',
  })
  expect(readdirSync(at('other'))).toEqual([])
})

it('a guest makes links of any kind in a folder that is mounted writable', () => {
  const source = `
    #include <errno.h>
    #include <stdio.h>
    #include <unistd.h>
    int main(void) {
      printf("%d %d ", symlink("made", "/mount/relative"), symlink("/nowhere", "/mount/absolute"));
      printf("%d ", symlink("again", "/mount/relative"));
      printf("%d\\n", errno == EEXIST);
      return 0;
    }`
  execFileSync('gcc', ['-x', 'c', '-', '-o', at('root', 'program')], { input: source })
  const place = ['--no-cache', '--root', at('root'), '--mount', `${at('mount')}:/mount:rw`]
  const { stdout, stderr } = spawnSync(process.execPath, [bootgraph, 'run', '--toolchain', 'none', ...place, '--', '/program'], {
    encoding: 'utf8',
  })
  expect([stdout, stderr]).toEqual(['0 0 -1 1\n', ''])
  expect([readlinkSync(at('mount', 'relative')), readlinkSync(at('mount', 'absolute'))]).toEqual(['made', '/nowhere'])
})
