/** What the command line reports of a node that does not keep to its limits, by an image made for it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type NodeRequest, REPORT_SCHEMA } from '@bootgraph/build-graph'
import { Compile } from 'typebox/schema'
import { afterAll, expect, it } from 'vitest'
import { runNode } from './node-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'bootgraph-unruly-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
writeFileSync(join(folder, 'image.json'), JSON.stringify({ entry: 'main.cjs' }))

const MEGABYTE = 2 ** 20
const REQUEST: NodeRequest = {
  program: '/program',
  args: [],
  env: {},
  cwd: '/',
  linkage: 'dynamic',
  surface: 'latest',
  mode: 'bridge',
  abi: 'auto',
  seed: 0,
  roots: [],
  mounts: [],
  budget: 0,
  memory: MEGABYTE,
  timeout: 0,
  trace: [],
  count: false,
  engine: 'mixed',
}

async function unruly(code: string, timeout = 0) {
  writeFileSync(join(folder, 'main.cjs'), `setInterval(() => {}, 1000); ${code}`)
  const image = { folder, digest: 'a'.repeat(64) }
  const allowance = { time: 50, memory: 300 * MEGABYTE }
  const { report } = await runNode(image, { ...REQUEST, timeout }, { stdio: 'collect', allowance })
  expect(Compile(REPORT_SCHEMA).Check(report)).toBe(true)
  return report.exit
}

it('says that the node did not stop at its time limit', async () => {
  expect(await unruly('', 0.5)).toEqual({
    reason: 'timeout',
    code: 124,
    message: 'the node did not stop at its limit of 0.5 s and was ended',
  })
})

it.runIf(process.platform === 'linux')('says that the node became too large, without any time limit', async () => {
  expect(await unruly('const all = []; setInterval(() => all.push(Buffer.alloc(20 * 2 ** 20, 1)), 20)')).toEqual({
    reason: 'memory',
    code: 125,
    message: expect.stringMatching(/^the node did not keep below 301 MiB, .* and was ended$/),
  })
})

it('says how a node ended that reported nothing', async () => {
  expect(await unruly('process.exit(3)')).toMatchObject({ reason: 'defect', code: 125, message: expect.stringMatching(/exit 3/) })
})
