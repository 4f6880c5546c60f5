/** Command lines that pages show for copying, read by the command itself: what it would ask of a server is what the page meant. */
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { buildCommand } from '../src/build-words.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** The request that the command sends when a shell runs the line. */
async function requested(line: string): Promise<unknown> {
  let told = ''
  const server = createServer((request, response) => {
    request.on('data', (piece: Buffer) => (told += piece.toString()))
    request.on('end', () => response.writeHead(201, { 'content-type': 'application/json' }).end('{"id":"1","counts":{"total":1}}'))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const env = { ...process.env, BOOTGRAPH_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, BOOTGRAPH_TOKEN: 'none' }
  const script = line.replace(/^bootgraph /, `"${process.execPath}" --import tsx apps/cli/src/main.ts `)
  try {
    await promisify(execFile)('/bin/sh', ['-c', script], { cwd: root, env })
  } finally {
    server.close()
  }
  return JSON.parse(told)
}

const FULL = {
  stage: 'ladder',
  rungs: ['rustc-version', 'check-crate'],
  linkage: ['static', 'dynamic'],
  targetLinkage: 'dynamic',
  surface: "mara's libc",
  mode: 'strict',
  toolchain: 'debian',
  overlays: ['libc-declarations'],
  seed: 7,
} as const

test('a build’s command line asks for the same build', async () => {
  const open = { targetLinkage: 'static', surface: 'latest', mode: 'bridge', toolchain: 'debian', seed: 0 }
  const asks = [
    { asked: { ...FULL, rungs: [...FULL.rungs], linkage: [...FULL.linkage], overlays: [...FULL.overlays] }, sent: FULL },
    { asked: { stage: 'std' }, sent: { ...open, stage: 'std', linkage: ['static', 'dynamic'], overlays: [] } },
    {
      asked: { stage: 'stage1', linkage: ['static' as const], overlays: [] },
      sent: { ...open, stage: 'stage1', linkage: ['static'], overlays: [] },
    },
  ]
  const sent = await Promise.all(asks.map(({ asked }) => requested(buildCommand(asked))))
  expect(sent).toEqual(asks.map((one) => one.sent))
})
