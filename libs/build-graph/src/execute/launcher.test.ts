import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NodeRequest } from '../node-contract.ts'
import { launcherFault, NO_NETWORK } from './launcher.ts'
import { runNode } from './run-node.ts'

const folder = mkdtempSync(join(tmpdir(), 'bootgraph-launcher-'))
const server = createServer((socket) => socket.end())
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'))
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

const possible = launcherFault(NO_NETWORK, folder) === undefined

test('what a launcher cannot do is told in one line', () => {
  expect(launcherFault([], folder)).toBeUndefined()
  expect(launcherFault(['env', '--'], folder)).toBeUndefined()
  expect(launcherFault(['/no/such'], folder)).toBe('spawnSync /no/such ENOENT')
  expect(launcherFault(['false', '--'], folder)).toBe('false ended with 1')
  expect(launcherFault(['env', '--'], join(folder, 'absent'))).toMatch(/^ENOENT: no such file or directory, access '.*absent'$/)
})

/** A node whose report is what came of a connection to this process, and the interfaces that it sees. */
async function connected(launcher: readonly string[]) {
  const { port } = server.address() as AddressInfo
  const tell = `(connection) => process.send({ event: 'report', report: { connection, interfaces: Object.keys(require('node:os').networkInterfaces()) } })`
  writeFileSync(
    join(folder, 'main.cjs'),
    `const tell = ${tell}
    process.on('message', () => {})
    require('node:net').connect(${port}, '127.0.0.1').on('connect', () => tell('made')).on('error', ({ code }) => tell(code)).on('close', () => process.disconnect())`,
  )
  const streams = { stdout: join(folder, 'stdout'), stderr: join(folder, 'stderr') }
  const request = { roots: [], mounts: [], timeout: 20, memory: 2 ** 20 } as Partial<NodeRequest> as NodeRequest
  return (await runNode({ folder, entry: 'main.cjs' }, request, streams, new AbortController().signal, { launcher })).report
}

test.runIf(possible)('a node has no network where the host lets it', async () => {
  expect(await connected(NO_NETWORK)).toEqual({
    connection: expect.stringMatching(/^(ENETUNREACH|ERR_ACCESS_DENIED)$/),
    interfaces: [],
  })
})

test('started directly it has this host’s, up to Node 25', async () => {
  const denied = Number(process.versions.node.split('.')[0]) >= 25
  expect(await connected([])).toMatchObject({ connection: denied ? 'ERR_ACCESS_DENIED' : 'made' })
})

test.runIf(possible)('nor does native code in it see the environment of the process that started it', () => {
  const look = ['cat', `/proc/${process.pid}/environ`]
  const [program, ...args] = [...NO_NETWORK, ...look]
  expect(spawnSync(program, args, { encoding: 'utf8' })).toMatchObject({ stdout: '', stderr: expect.stringMatching(/Permission denied/) })
  expect(spawnSync(look[0], look.slice(1), { encoding: 'utf8' }).stdout).toContain('PATH=')
})
