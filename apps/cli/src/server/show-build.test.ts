import { expect, test } from 'vitest'
import type { Schema } from './client.ts'
import { buildText } from './show-build.ts'

const counts = { total: 3, waiting: 0, ready: 0, queued: 0, running: 1, built: 0, cached: 0, failed: 1, blocked: 1, cancelled: 0 }
const build: Schema['BuildDetail'] = {
  id: '7',
  request: {
    stage: 'std',
    linkage: ['static'],
    targetLinkage: 'static',
    surface: 'latest',
    mode: 'bridge',
    toolchain: 'debian',
    overlays: [],
    image: '0'.repeat(64),
    seed: 0,
  },
  state: 'running',
  priority: 10,
  createdAt: '2026-01-01T00:00:00Z',
  triggeredBy: 'owner',
  counts,
  asOf: 1,
  running: [],
  blockers: [
    { unit: 'a', name: 'libc', linkage: 'static', state: 'failed', message: 'error: no such type', blocks: 4 },
    { unit: 'b', name: 'core', linkage: 'dynamic', state: 'blocked', message: 'the source is not there', blocks: 0 },
  ],
  criticalPath: [],
}

test('what could not run is told apart from what failed, each with its linkage and its reason', () => {
  const lines = buildText(build).split('\n')
  expect(lines.find((line) => line.includes('libc'))).toMatch(/✗ +libc +static +blocks 4 +error: no such type$/)
  expect(lines.find((line) => line.includes('core'))).toMatch(/⊘ +core +dynamic +blocks 0 +the source is not there$/)
})

test('time left is a range, or said to be unknown', () => {
  expect(buildText(build)).toMatch(/left +no estimate yet/)
  expect(buildText({ ...build, left: { least: 30_000, most: 90_000 } })).toMatch(/left +30 to 90 s, predicted/)
  expect(buildText({ ...build, state: 'ended' })).not.toMatch(/^left/m)
})
