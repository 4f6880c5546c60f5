import { expect, test } from 'vitest'
import { cards, crateOf } from './cards.ts'
import { unitGraph } from './unit-graph.ts'

test('units of one crate stand together, crates and cards in the order in which they can start', () => {
  const names = ['serde', 'serde build script', 'core', 'alloc', 'libc']
  const stages = ['stage1', 'stage1', 'std', 'std', 'stage1']
  const made = cards(names, stages, unitGraph(5, [2, 2, 3, 3, 1], [3, 1, 0, 4, 0]))
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

test('the crate of a unit is the first word of its name', () => {
  expect(['core', 'serde build script', 'libc (run)', 'syn@1.0'].map(crateOf)).toEqual(['core', 'serde', 'libc', 'syn'])
})
