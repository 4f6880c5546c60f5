import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { reach } from './reach.ts'

test('a server that takes connections is reached; one that does not is named, without its password', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await reach(`redis://127.0.0.1:${port}`, 'REDIS_URL')
  server.close()
  await once(server, 'close')
  await expect(reach(`redis://:secret@127.0.0.1:${port}`, 'REDIS_URL')).rejects.toThrow(
    `Redis does not answer at 127.0.0.1:${port} (ECONNREFUSED): start it, or set REDIS_URL to where it is`,
  )
  await expect(reach(`postgresql://me:secret@127.0.0.1:${port}/x`, 'DATABASE_URL')).rejects.toThrow(/^PostgreSQL .*DATABASE_URL/)
})

test('a socket file is no address to reach', async () => {
  await reach('postgresql:///bootgraph?host=/run/postgresql', 'DATABASE_URL')
})
