/** A start that cannot be: one line that says what to do, and an exit code. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeWorld, type World } from '../test/world.ts'
import { preparePostgresQueue } from './services/postgres-queue.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
let world: World
let queue: string

beforeAll(async () => {
  world = await makeWorld('main')
  queue = await preparePostgresQueue(world.postgres.url, world.folder)
})
afterAll(() => world?.end())

async function start(env: Record<string, string>): Promise<[code: number, said: string]> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN], {
    env: { PATH: process.env.PATH ?? '', BOOTGRAPH_DATA: join(world.folder, 'data'), BOOTGRAPH_PORT: '0', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number]>])
  return [code, said]
}

test('what keeps it from starting is told in one line, by the variable that sets it', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const nowhere = '127.0.0.1:1'
  const answers = await Promise.all([
    start({ BOOTGRAPH_PORT: '99999' }),
    start({ DATABASE_URL: `postgresql://${nowhere}/x` }),
    start({ DATABASE_URL: world.postgres.url, REDIS_URL: queue, BOOTGRAPH_PORT: String(port) }),
  ])
  other.close()
  expect(answers).toEqual([
    [1, 'BOOTGRAPH_PORT=99999: expected a whole number up to 65535\n'],
    [1, `PostgreSQL does not answer at ${nowhere} (ECONNREFUSED): start it, or set DATABASE_URL to where it is\n`],
    [1, `cannot listen on 127.0.0.1:${port} (EADDRINUSE): end what listens there, or set BOOTGRAPH_PORT or BOOTGRAPH_ADDRESS\n`],
  ])
})

test('a second start on the same data folder is told of the first, whose servers go on', async () => {
  const data = join(world.folder, 'sole')
  const env = { PATH: process.env.PATH ?? '', BOOTGRAPH_DATA: data, BOOTGRAPH_PORT: '0', REDIS_URL: queue }
  const first = spawn(process.execPath, ['--import', 'tsx', MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const [address] = (await once(first.stdout.setEncoding('utf8'), 'data')) as [string]
  expect(await start({ BOOTGRAPH_DATA: data, REDIS_URL: queue })).toEqual([
    1,
    `the process ${first.pid} serves ${data} already: end it, or set BOOTGRAPH_DATA to another folder\n`,
  ])
  const pid = Number(readFileSync(join(data, 'postgres/data/postmaster.pid'), 'utf8').split('\n', 1)[0])
  expect((await fetch(`${address.trim()}/api/v1/ready`)).status).toBe(200)
  // Killed, it leaves its mark, which stands in nobody's way.
  first.kill('SIGKILL')
  await once(first, 'exit')
  const third = spawn(process.execPath, ['--import', 'tsx', MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  await once(third.stdout, 'data')
  expect(Number(readFileSync(join(data, 'postgres/data/postmaster.pid'), 'utf8').split('\n', 1)[0])).toBe(pid)
  third.kill('SIGTERM')
  await once(third, 'exit')
}, 120_000)
