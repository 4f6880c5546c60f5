import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { type Action, type ActionJob, type ActionResult, actionDigest, type Digest } from '@bootgraph/build-graph'
import { folderStore, memoryStore, TreeBuilder } from '@bootgraph/build-graph/store'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Executor, startExecutor } from './executor.ts'

const SIZE = 500 * 2 ** 20
/** A node image whose node leaves an output of that size, or waits to be killed. */
const NODE = `import { closeSync, ftruncateSync, mkdirSync, openSync } from 'node:fs'
process.on('message', ({ program, outputs }) => {
  if (program === '/bin/wait') return setInterval(() => {}, 1000)
  mkdirSync(outputs.folder + '/work', { recursive: true })
  const file = openSync(outputs.folder + '/work/large', 'w')
  ftruncateSync(file, ${SIZE})
  closeSync(file)
  const report = { exit: { reason: 'exit', code: 0 }, gaps: [], fuel: 1, measured: { peakMemory: 1, time: {} } }
  process.send({ event: 'report', report }, () => process.disconnect())
})
`
const store = memoryStore()
const folder = mkdtempSync(join(tmpdir(), 'bootgraph-executor-'))
const results: ActionResult[] = []
let server: Server
let executor: Executor
let action: Action
const jobOf = (of: Action): ActionJob => ({ build: 'b', unit: 'u', attempt: 1, action: actionDigest(of) })

/** The API as far as an executor asks it; it has every blob that it is offered. */
beforeAll(async () => {
  const text = async (content: string): Promise<Digest> => (await store.put(new TextEncoder().encode(content))).digest
  const image = await text(JSON.stringify({ entry: 'node.mjs', bundles: { 'node.mjs': await text(NODE) } }))
  const empty = await new TreeBuilder().store(store)
  action = {
    version: 1,
    command: ['/bin/make'],
    env: {},
    cwd: '/',
    roots: [],
    input: empty,
    inputPath: '/work',
    overlays: [],
    outputs: ['/work/large'],
    linkage: 'static',
    targetLinkage: 'static',
    surface: await text('{"name":"latest"}'),
    mode: 'bridge',
    abi: 'auto',
    image,
    seed: 0,
    budget: 0,
    memory: 2 ** 28,
  }
  server = createServer(async (request, response) => {
    const body = await new Response(request as never).text().catch(() => '')
    if (request.url!.endsWith('/result')) results.push(JSON.parse(body) as ActionResult)
    const blob = request.method === 'GET' ? await store.get(request.url!.split('/').pop() as Digest) : '{}'
    response.end(request.method === 'HEAD' ? undefined : blob)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  executor = startExecutor({ api: `http://127.0.0.1:${port}`, token: undefined, data: folder, timeout: 600, launcher: [] })
})
afterAll(async () => {
  await executor.stop()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true })
})

test('an output of 500 MB keeps another thread busy than that which renews leases', async () => {
  const before = performance.eventLoopUtilization()
  await executor.execute(jobOf(action), action, new AbortController().signal)
  const here = performance.eventLoopUtilization(before).active
  expect(results).toMatchObject([{ exit: { code: 0 }, missingOutputs: [] }])
  const zeros = createHash('sha256')
  for (let i = 0; i < SIZE; i += 2 ** 20) zeros.update(Buffer.alloc(2 ** 20))
  expect(await folderStore(join(folder, 'store')).size(zeros.digest('hex') as Digest)).toBe(SIZE)
  expect(here).toBeLessThan(executor.busy() / 4)
})

test('who gives an action up gets it back at once, and the next one is carried out', async () => {
  const waiting = { ...action, command: ['/bin/wait'] }
  const controller = new AbortController()
  const given = executor.execute(jobOf(waiting), waiting, controller.signal)
  setTimeout(() => controller.abort(new Error('the build was cancelled')), 500)
  await expect(given).rejects.toThrow('given up')
  await executor.execute(jobOf(action), action, new AbortController().signal)
  expect(results).toHaveLength(2)
})

test('a thread that ends loses what it held, and another takes over', async () => {
  const waiting = { ...action, command: ['/bin/wait'] }
  const held = executor.execute(jobOf(waiting), waiting, new AbortController().signal)
  setTimeout(() => void executor.stop(), 500)
  await expect(held).rejects.toThrow('the thread that carries out actions ended')
  await executor.execute(jobOf(action), action, new AbortController().signal)
  expect(results).toHaveLength(3)
})
