import { expect, test } from 'vitest'
import { ConfigError, readConfig } from './config.ts'

test('an empty environment means embedded servers on loopback', () => {
  const config = readConfig({ BOOTGRAPH_DATA: '/data' })
  expect(config).toMatchObject({ port: 7420, address: '127.0.0.1', data: '/data', databaseUrl: undefined, redisUrl: undefined })
  expect(Object.isFrozen(config)).toBe(true)
})

test.each([
  [{ BOOTGRAPH_PORT: '70000' }, 'BOOTGRAPH_PORT'],
  [{ BOOTGRAPH_PORT: '8o8o' }, 'BOOTGRAPH_PORT'],
  [{ DATABASE_URL: 'mysql://x:secret@y/z' }, 'DATABASE_URL'],
  [{ REDIS_URL: 'localhost' }, 'REDIS_URL'],
])('%o is refused by name and without secrets', (env, name) => {
  expect(() => readConfig(env)).toThrow(ConfigError)
  expect(() => readConfig(env)).toThrow(name)
  expect(() => readConfig(env)).not.toThrow('secret')
})
