/** A node that does not keep to its limits, by an image made for it; the resident size is told by Linux alone. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { NodeRequest } from '../node-contract.ts'
import { InfraError } from './infra-error.ts'
import { runNode } from './run-node.ts'

const folder = mkdtempSync(join(tmpdir(), 'bootgraph-unruly-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const MEGABYTE = 2 ** 20
const streams = { stdout: join(folder, 'stdout'), stderr: join(folder, 'stderr') }
const unruly = (code: string, limits: Partial<NodeRequest>, launcher: readonly string[] = []) => {
  writeFileSync(join(folder, 'main.cjs'), `console.log('began'); setInterval(() => {}, 1000); ${code}`)
  const request = { roots: [], mounts: [], timeout: 0, memory: MEGABYTE, ...limits } as NodeRequest
  return runNode({ folder, entry: 'main.cjs' }, request, streams, new AbortController().signal, {
    allowance: { time: 50, memory: 300 * MEGABYTE },
    launcher,
  })
}

test('one that does not stop at its time limit is ended', async () => {
  await expect(unruly('', { timeout: 0.5 })).rejects.toThrow(new InfraError('the node did not stop at its limit of 0.5 s and was ended'))
})

test.runIf(process.platform === 'linux')('one that becomes too large is ended, whatever its time', async () => {
  const greedy = unruly('const all = []; setInterval(() => all.push(Buffer.alloc(20 * 2 ** 20, 1)), 20)', {})
  await expect(greedy).rejects.toThrow(/^the node did not keep below 301 MiB, .* and was ended$/)
  expect(readFileSync(streams.stdout, 'utf8')).toBe('began\n')
})

test('one that ends by itself without a report says how', async () => {
  await expect(unruly('process.exit(3)', {})).rejects.toThrow("the node's process ended without a report (exit 3)")
})

test('a launcher starts it, and what it sets holds', async () => {
  const node = unruly('process.exit(process.env.LAUNCHED === "yes" ? 3 : 4)', {}, ['env', 'LAUNCHED=yes'])
  await expect(node).rejects.toThrow("the node's process ended without a report (exit 3)")
})
