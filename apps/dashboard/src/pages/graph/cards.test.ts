import { expect, test } from 'vitest'
import { cards, groupOf } from './cards.ts'
import { unitGraph } from './unit-graph.ts'

test('units of one crate stand together, crates and cards in the order in which they can start', () => {
  const names = ['serde', 'serde build script', 'core', 'alloc', 'libc']
  const stages = ['stage1', 'stage1', 'std', 'std', 'stage1']
  const made = cards({ name: names, stage: stages, kind: names.map(() => 'compile') }, unitGraph(5, [2, 2, 3, 3, 1], [3, 1, 0, 4, 0]))
  expect(made).toEqual([
    {
      stage: 'std',
      units: [2, 3],
      crates: [
        { name: 'core', units: [2] },
        { name: 'alloc', units: [3] },
      ],
      from: [],
    },
    {
      stage: 'stage1',
      units: [0, 1, 4],
      crates: [
        { name: 'serde', units: [1, 0] },
        { name: 'libc', units: [4] },
      ],
      from: [{ stage: 'std', edges: 3 }],
    },
  ])
})

test('units are named by their crate first, steps of a rung by the rung', () => {
  expect(groupOf('serde 1.0.137 (build script)', 'build-script')).toBe('serde')
  expect(groupOf('core 0.0.0 (x86_64-unknown-redox)', 'compile')).toBe('core')
  expect(groupOf('emit an object (1 of 2)', 'rung-step')).toBe('emit an object')
})
