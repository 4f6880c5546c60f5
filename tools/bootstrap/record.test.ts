import { type Action, actionDigest, canonical, type Digest, digestOf } from '@bootgraph/build-graph'
import { memoryStore, type Store, TreeBuilder } from '@bootgraph/build-graph/store'
import { beforeEach, expect, test } from 'vitest'
import type { NativeActions, NativeResult } from '../native/native-action.ts'
import { type ReportedUnit, recordUnit, totals } from './record.ts'

let store: Store
beforeEach(() => {
  store = memoryStore()
})

const put = async (text: string): Promise<Digest> => (await store.put(new TextEncoder().encode(text))).digest

async function treeOf(files: Readonly<Record<string, string>>): Promise<Digest> {
  const tree = new TreeBuilder()
  for (const [path, text] of Object.entries(files)) tree.setFile(path, await put(text), text.length, false)
  return tree.store(store)
}

async function ran(abi: Action['abi'], node: Readonly<Record<string, string>>): Promise<ReportedUnit> {
  const none = digestOf({})
  const action: Action = {
    ...({ version: 1, command: ['rustc'], env: {}, cwd: '/', roots: [], input: none, inputPath: '/', overlays: [], outputs: [] } as const),
    ...({
      linkage: 'dynamic',
      targetLinkage: 'static',
      surface: none,
      mode: 'bridge',
      abi,
      image: none,
      seed: 0,
      budget: 0,
      memory: 0,
    } as const),
  }
  await put(canonical(action))
  const [outputs, stdout, stderr] = [await treeOf(node), await put(''), await put('said')]
  return {
    ...{ name: 'core', kind: 'compile', state: 'built', action: actionDigest(action), outputs, stdout, stderr },
    ...{ fuel: 7, peakMemory: 2 ** 21, cpu: 8, gaps: [] },
  }
}

async function natively(files: Readonly<Record<string, string>>, stderr = 'said', code = 0): Promise<NativeActions> {
  const outputs = await treeOf(files)
  const result: NativeResult = { code, signal: null, cpu: 400, outputs, missing: [], stdout: await put(''), stderr: await put(stderr) }
  return { run: () => Promise.resolve(result) } as unknown as NativeActions
}

test('equal outputs and streams are identical, and the ratio is of CPU time', async () => {
  const record = await recordUnit(await ran('auto', { 'a.rlib': 'x' }), store, await natively({ 'a.rlib': 'x' }))
  expect(record).toMatchObject({ state: 'good', identical: true, cpu: { node: 8, native: 0.4, ratio: 20 }, fuel: 7, peakMemory: 2 })
})

test('each file that differs, or that one side lacks, and each stream is named', async () => {
  const node = await ran('auto', { 'd/a.rlib': 'x', 'd/b': 'same', 'd/c': 'more' })
  const record = await recordUnit(node, store, await natively({ 'd/a.rlib': 'y', 'd/b': 'same' }, 'said more'))
  expect(record).toMatchObject({ identical: false, differs: ['d/a.rlib', 'd/c', 'standard error'] })
})

test('a program for Redox has no native side', async () => {
  for (const abi of ['redox', 'redox-2019-11'] as const) {
    const record = await recordUnit(await ran(abi, { out: 'x' }), store, await natively({}))
    expect(record).not.toHaveProperty('identical')
    expect(record?.cpu).toEqual({ node: 8 })
  }
})

test('what only our C library can start is not compared, and says why', async () => {
  const record = await recordUnit(await ran('auto', { out: 'x' }), store, await natively({}, 'undefined symbol: log\n', 127))
  expect(record).toMatchObject({ cpu: { node: 8 }, notNative: 'undefined symbol: log' })
  expect(record).not.toHaveProperty('identical')
})

test('what is blocked says by whom, and the sums count every state', async () => {
  const blocked: ReportedUnit = { name: 'std', kind: 'compile', state: 'blocked', blockedBy: 'core', fault: 'needs core', gaps: [] }
  const units = [
    await recordUnit(await ran('auto', { a: 'x' }), store, await natively({ a: 'x' })),
    await recordUnit(await ran('auto', { a: 'x' }), store, await natively({ a: 'y' })),
    await recordUnit(blocked, store, await natively({})),
  ].filter((unit) => unit !== undefined)
  expect(totals(units)).toEqual({
    units: { good: 2, failed: 0, blocked: 1, unavailable: 0, identical: 1, different: 1 },
    cpu: { node: 16, native: 0.8, ratio: 20 },
    fuel: 14,
    peakMemory: 2,
  })
})
