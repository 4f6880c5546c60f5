import { expect, test } from 'vitest'
import { markOf } from './mark.ts'
import { unitGraph } from './unit-graph.ts'

const graph = unitGraph(3, [0, 1], [1, 2])
const at = new Map([
  ['a', 0],
  ['b', 1],
  ['c', 2],
])

test('the critical path is marked while there is one, and nothing is after the build', () => {
  expect(markOf('critical', graph, at, ['b', 'c'])?.units).toEqual(new Set([1, 2]))
  expect(markOf('critical', graph, at, [])).toBeUndefined()
})

test('a unit is marked with all that stands behind it', () => {
  expect(markOf('blocked-by:b', graph, at, [])?.units).toEqual(new Set([1, 2]))
  expect(markOf('blocked-by:z', graph, at, [])).toBeUndefined()
})
