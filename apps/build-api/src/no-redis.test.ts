/** The queue in PostgreSQL, where no Redis can be had: a real build, a killed worker, a cancelled build. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { broken, type Fleet, runUnder, startFleet, strike } from '../test/kills.ts'
import { nodesOf, type RealService, realService, until } from '../test/real-service.ts'
import { counts } from './domain/counts.ts'

const WAITER = `process.on('message', () => setInterval(() => {}, 1000))`
let service: RealService
let fleet: Fleet

beforeAll(async () => {
  service = await realService('no-redis', 'PostgreSQL')
  fleet = await startFleet(service)
})
afterAll(() => service?.stop())

test('a build completes though its worker is killed in the middle', async () => {
  await runUnder(fleet, 'killed', 100, () => strike(fleet, 'worker'))
  expect(await broken(service, 'killed', 100)).toEqual([])
})

test('a cancelled build ends its running nodes', async () => {
  const image = await service.registerImage(WAITER)
  await service.start('waiting', [service.hello(200, { image }), service.hello(201, { image })])
  await until('two nodes', 30, async () => nodesOf(fleet.worker).length === 2)
  const answer = await fetch(`${service.url()}/api/v1/builds/waiting/cancel`, { method: 'POST' })
  expect(answer.ok).toBe(true)
  await until('the end of the nodes', 30, async () => nodesOf(fleet.worker).length === 0)
  expect(await counts(service.pool, 'waiting')).toMatchObject({ cancelled: 2, total: 2 })
})
