import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BuildRequest, NodeImageManifest } from '@bootgraph/build-graph'
import { digestOf } from '@bootgraph/build-graph'
import { memoryStore } from '@bootgraph/build-graph/store'
import { afterAll, expect, test } from 'vitest'
import { planInputs, storeSurface } from './inputs.ts'

const data = mkdtempSync(join(tmpdir(), 'bootgraph-inputs-'))
afterAll(() => rmSync(data, { recursive: true }))

test.each([[], ['libc-declarations']])(
  'a stage whose source is not installed says what to install, overlays or not',
  async (...overlays) => {
    const request: BuildRequest = {
      stage: 'std',
      linkage: ['dynamic'],
      targetLinkage: 'static',
      surface: 'latest',
      mode: 'bridge',
      toolchain: 'debian',
      overlays,
      seed: 0,
    }
    const image = { digest: digestOf('image'), folder: data, manifest: { bundles: {} } as NodeImageManifest }
    const place = { data, store: join(data, 'store') }
    await expect(planInputs(request, { store: memoryStore(), place, image })).rejects.toThrow('toolchain install rustc-source')
  },
)

test('a surface is latest, full or a day that relibc was there; no day that the calendar lacks', async () => {
  const name = async (date: string) => (await storeSurface(memoryStore(), date)).name
  expect([await name('2019-11-30'), await name('full'), (await name('latest')) > '2026']).toEqual(['2019-11-27', 'full', true])
  for (const date of ['2019-02-30', '2019-13-01', '2019-00-10', '1999-01-01', '', 'newest', '2019-11-27 '])
    await expect(storeSurface(memoryStore(), date), date).rejects.toThrow('is no surface')
})
