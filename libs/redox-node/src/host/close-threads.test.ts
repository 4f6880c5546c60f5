import { spawnSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeFlags } from '@bootgraph/build-graph/execute'
import { build } from 'esbuild'
import { afterAll, expect, test } from 'vitest'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bootgraph-threads-')))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const own = fileURLToPath(new URL('.', import.meta.url))

/** A thread without the process's limits starts a program, by each way to such a thread. */
const thread = (closed: boolean) => `
import { isMainThread, Worker } from 'node:worker_threads'
import nodeModule from 'node:module'
import { closeThreads } from './close-threads.ts'
if (isMainThread) new Worker(__filename)
else {
  ${closed ? 'closeThreads()' : ''}
  const inner = "require('node:child_process').spawnSync('true'); console.log('started')"
  const hooks = 'data:text/javascript,' + encodeURIComponent("import { Worker } from 'node:worker_threads'; new Worker(" + JSON.stringify(inner) + ", { eval: true, execArgv: [] })")
  const ways = [
    () => new (require('node:worker_threads').Worker)(inner, { eval: true, execArgv: [] }),
    () => new (process.getBuiltinModule?.('node:worker_threads') ?? require('worker_threads')).Worker(inner, { eval: true, execArgv: [] }),
    () => nodeModule.register(hooks),
  ]
  const say = (error) => console.log(error.constructor.name)
  for (const way of ways) try { way() } catch (error) { say(error) }
  import('node:worker_threads').then(({ Worker }) => new Worker(inner, { eval: true, execArgv: [] })).catch(say)
}`

async function said(closed: boolean): Promise<string[]> {
  const file = join(folder, `${closed}.cjs`)
  const stdin = { contents: thread(closed), resolveDir: own, loader: 'ts' } as const
  await build({
    stdin,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: file,
    supported: { 'dynamic-import': true },
    logLevel: 'error',
  })
  const flags = nodeFlags(folder, { roots: [], mounts: [] })
  return spawnSync(process.execPath, [...flags, file], { encoding: 'utf8', env: { PATH: '/usr/bin:/bin' } })
    .stdout.split('\n')
    .filter(Boolean)
}

test('the machine’s thread starts no thread, which could start programs', async () => {
  expect(await said(true)).toEqual(['TypeError', 'TypeError', 'TypeError', 'TypeError'])
})

test('without that it could', async () => {
  expect(await said(false)).toContain('started')
})
