/** A start that cannot be: one line that says what to do, and an exit code. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as listen } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const data = mkdtempSync(join(tmpdir(), 'bootgraph-worker-'))
afterAll(() => rmSync(data, { recursive: true }))

async function start(env: Record<string, string>): Promise<[code: number, said: string]> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN], {
    env: { PATH: process.env.PATH ?? '', BOOTGRAPH_DATA: data, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number]>])
  return [code, said]
}

test('what keeps it from starting is told in one line, by the variable that sets it', async () => {
  expect(await Promise.all([start({}), start({ BOOTGRAPH_URL: 'http://127.0.0.1:1', REDIS_URL: 'redis://127.0.0.1:1' })])).toEqual([
    [1, 'no API was found on this host; set BOOTGRAPH_URL=http://host:port and REDIS_URL=redis://host:port\n'],
    [1, 'Redis does not answer at 127.0.0.1:1 (ECONNREFUSED): start it, or set REDIS_URL to where it is\n'],
  ])
})

test('a launcher that starts nothing is told before anything is taken', async () => {
  const env = { BOOTGRAPH_URL: 'http://127.0.0.1:1', REDIS_URL: 'redis://127.0.0.1:1' }
  const ends = [start({ ...env, BOOTGRAPH_NODE_LAUNCHER: '/no/such' }), start({ ...env, BOOTGRAPH_NODE_LAUNCHER: 'false --' })]
  expect(await Promise.all(ends)).toEqual([
    [1, 'BOOTGRAPH_NODE_LAUNCHER starts no node: spawnSync /no/such ENOENT\n'],
    [1, 'BOOTGRAPH_NODE_LAUNCHER starts no node: false ended with 1\n'],
  ])
})

test('a worker whom the API does not let in says so and takes nothing', async () => {
  const asked: string[] = []
  const api = createServer((request, answer) => {
    asked.push(`${request.method} ${request.url}`.replace(/workers\/.*/, 'workers/…'))
    answer.writeHead(401, { 'content-type': 'application/problem+json' }).end(JSON.stringify({ detail: 'the token is unknown' }))
  })
  const commands: string[] = []
  const queue = listen((socket) => socket.on('data', (said) => commands.push(said.toString())))
  await Promise.all([api, queue].map((server) => once(server.listen(0, '127.0.0.1'), 'listening')))
  const [url, redis] = [api, queue].map((server) => `127.0.0.1:${(server.address() as AddressInfo).port}`)
  expect(await start({ BOOTGRAPH_URL: `http://${url}`, REDIS_URL: `redis://${redis}`, BOOTGRAPH_TOKEN: 'wrong' })).toEqual([
    1,
    `http://${url} does not let this worker in: the token is unknown; look at BOOTGRAPH_TOKEN and BOOTGRAPH_URL\n`,
  ])
  expect([asked, commands.join('')]).toEqual([['PUT /api/v1/workers/…'], ''])
  for (const server of [api, queue]) server.close()
})
