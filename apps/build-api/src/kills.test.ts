/** Each part killed once in the middle of a build, and each fault of a disk once: the build ends as if nothing had been. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { BLOWS, broken, type Fleet, runUnder, startFleet, strike } from '../test/kills.ts'
import { type RealService, realService } from '../test/real-service.ts'

let service: RealService
let fleet: Fleet
let builds = 0

beforeAll(async () => {
  service = await realService('kills')
})
afterEach(async () => {
  await fleet.worker.end('SIGTERM')
  await fleet.server.end('SIGTERM')
})
afterAll(() => service?.stop())

test.each(BLOWS)('%s: killed in the middle of a build', async (blow) => {
  fleet = await startFleet(service)
  const build = `kill-${blow}`
  const seed = ++builds * 100
  await runUnder(fleet, build, seed, () => strike(fleet, blow))
  expect(await broken(service, build, seed)).toEqual([])
  const { rows } = await service.pool.query(`SELECT count(*)::int AS lost FROM attempt WHERE build = $1 AND state = 'lost'`, [build])
  // The death of a node is seen at once and costs an attempt; over the others the same attempts go on.
  expect(rows[0].lost > 0).toBe(blow === 'node')
})

test.each(['EIO', 'ENOSPC', 'short'] as const)('%s: a write to the stores of API and worker', async (fault) => {
  fleet = await startFleet(service, { server: [[2, fault]], worker: [[3, fault]] })
  const build = `fault-${fault}`
  const seed = ++builds * 100
  await runUnder(fleet, build, seed, async () => {})
  expect(await broken(service, build, seed)).toEqual([])
})

test('a worker that is told to stop while Redis is away, or has just come back, ends', async () => {
  fleet = await startFleet(service)
  for (const delay of [0, 300, 600]) {
    service.killRedis()
    await sleep(delay)
    await fleet.worker.end('SIGTERM')
    expect(fleet.worker.child.exitCode).toBe(0)
    fleet.worker = await service.work('w')
  }
})

test('a Redis that does not answer holds up neither questions nor the end of worker and API', async () => {
  fleet = await startFleet(service)
  const ask = async (path: string) => (await fetch(`${service.url()}/api/v1/${path}`)).status
  service.killRedis('SIGSTOP')
  try {
    expect(await ask('ready')).toBe(503)
    expect(await ask('queue')).toBe(200)
    // Its unit waits to be put into the queue.
    await service.start('unanswered', [service.hello(++builds * 100)])
    await fleet.worker.end('SIGTERM')
    await fleet.server.end('SIGTERM')
    expect([fleet.worker, fleet.server].map(({ child }) => child.exitCode)).toEqual([0, 0])
  } finally {
    service.killRedis('SIGCONT')
  }
  fleet = await startFleet(service)
  await service.ended('unanswered', 60)
  // The API waits half a minute for the queue's farewell.
}, 120_000)
