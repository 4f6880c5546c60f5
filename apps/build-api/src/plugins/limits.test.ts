import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeWorld, type World } from '../../test/world.ts'
import { createToken } from './auth.ts'

const LIMIT = 5
let world: World
let app: FastifyInstance
let address = 0
let from: string
let reader: string

beforeAll(async () => {
  world = await makeWorld('limits')
  const dashboard = join(world.folder, 'dashboard')
  mkdirSync(dashboard)
  writeFileSync(join(dashboard, 'index.html'), 'page')
  app = await world.app({ requestsPerMinute: LIMIT, ownSecret: 'own', dashboard })
  reader = (await createToken(world.pool, 'reader', ['read'])).secret
})
afterAll(() => world?.end())
beforeEach(() => {
  from = `192.0.2.${++address}`
})

/** Statuses of so many requests, each once. */
async function ask(times: number, path: string, secret?: (i: number) => string): Promise<number[]> {
  const statuses = new Set<number>()
  for (let i = 0; i < times; i++) {
    const headers = { host: 'localhost', ...(secret && { authorization: `Bearer ${secret(i)}` }) }
    statuses.add((await app.inject({ url: path, headers, remoteAddress: from })).statusCode)
  }
  return [...statuses]
}

test('made-up tokens are counted together, under the address that they come from', async () => {
  expect(await ask(LIMIT, '/api/v1/builds', (i) => `guess ${i}`)).toEqual([401])
  expect(await ask(3, '/api/v1/builds', (i) => `another ${i}`)).toEqual([429])
  expect(await ask(3, '/api/v1/nx/v1/cache/1', (i) => `third ${i}`)).toEqual([429])
  expect(await ask(1, '/api/v1/session')).toEqual([429])
})

test('a token has an allowance of its own, wherever it is sent from', async () => {
  expect(await ask(LIMIT + 1, '/api/v1/builds')).toEqual([401, 429])
  expect(await ask(LIMIT, '/api/v1/builds', () => reader)).toEqual([200])
  from = '192.0.2.200'
  expect(await ask(1, '/api/v1/builds', () => reader)).toEqual([429])
  expect(await ask(1, '/api/v1/builds')).toEqual([401])
})

test('the owner, workers and caches are not counted', async () => {
  const { secret } = await createToken(world.pool, 'cache', ['cache-read'])
  expect(await ask(LIMIT * 2, '/api/v1/builds', () => 'own')).toEqual([200])
  expect(await ask(LIMIT * 2, '/api/v1/nx/v1/cache/1', () => secret)).toEqual([404])
})

test('health and pages answer though the address has nothing left', async () => {
  expect(await ask(LIMIT + 1, '/api/v1/session')).toEqual([200, 429])
  for (const path of ['/api/v1/health', '/api/v1/ready', '/', '/builds/1']) expect(await ask(LIMIT * 2, path), path).toEqual([200])
})
