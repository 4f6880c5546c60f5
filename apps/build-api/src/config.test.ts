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
  [{ BOOTGRAPH_STORE: 's3://bucket', AWS_SECRET_ACCESS_KEY: 'secret' }, 'AWS_ACCESS_KEY_ID'],
  [{ BOOTGRAPH_STORE: 'bucket' }, 'BOOTGRAPH_STORE'],
])('%o is refused by name and without secrets', (env, name) => {
  expect(() => readConfig(env)).toThrow(ConfigError)
  expect(() => readConfig(env)).toThrow(name)
  expect(() => readConfig(env)).not.toThrow('secret')
})

test('a bucket is named by its URL, its account by the names of every S3 client', () => {
  const account = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key', AWS_REGION: 'eu-1' }
  expect(readConfig({ BOOTGRAPH_STORE: 's3://bucket/team/one/', ...account }).bucket).toEqual({
    endpoint: 'https://s3.eu-1.amazonaws.com',
    region: 'eu-1',
    bucket: 'bucket',
    prefix: 'team/one/',
    accessKeyId: 'id',
    secretAccessKey: 'key',
  })
  expect(readConfig({ BOOTGRAPH_STORE: 's3://bucket', ...account }).bucket?.prefix).toBe('')
})
