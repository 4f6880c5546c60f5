import fc from 'fast-check'
import { expect, test } from 'vitest'
import { flowGraph } from './flow-graph.ts'
import { untangle } from './untangle.ts'

/** Flow of so many nodes with up to three ways each; node 0 is where it begins, and nothing leads there. */
const flow = fc
  .integer({ min: 2, max: 24 })
  .chain((count) => fc.array(fc.array(fc.integer({ min: 1, max: count - 1 }), { maxLength: 3 }), { minLength: count, maxLength: count }))

/** Ways back to a node that does not dominate where they begin: their loops have another entry, too. */
function entriesBeside(successors: readonly (readonly number[])[]): [from: number, to: number][] {
  const { order, position, dominator } = flowGraph(successors)
  const dominates = (a: number, b: number): boolean => (position[b] > position[a] ? dominates(a, dominator[b]) : a === b)
  const found: [number, number][] = []
  for (const node of order)
    for (const next of successors[node]) if (position[next] <= position[node] && !dominates(next, node)) found.push([node, next])
  return found
}

/** Ways through a graph: which of its ways each node takes when. */
const choices = fc.array(fc.nat(), { minLength: 40, maxLength: 40 })

function walk(graph: readonly (readonly number[])[], turns: readonly number[], next: (node: number, way: number) => number): number[] {
  const path = [0]
  for (const turn of turns) {
    const node = path[path.length - 1]
    if (graph[node].length === 0) break
    path.push(next(node, turn % graph[node].length))
  }
  return path
}

/** Follows the new nodes to the next old one, as a translation does. */
function follow({ successors, dispatchers, notes }: ReturnType<typeof untangle>, old: number, from: number, way: number): number {
  let node = successors[from][way]
  let note = 0
  while (node >= old) {
    note = notes.get(node) ?? note
    node = successors[node][dispatchers.has(node) ? note : 0]
  }
  return node
}

test('every loop has one entry then, and all ways lead where they led', () => {
  fc.assert(
    fc.property(flow, choices, (graph, turns) => {
      const untangled = untangle(graph)
      expect(entriesBeside(untangled.successors)).toEqual([])
      expect(untangled.successors.slice(0, graph.length).map((next) => next.length)).toEqual(graph.map((next) => next.length))
      const before = walk(graph, turns, (node, way) => graph[node][way])
      expect(walk(graph, turns, (node, way) => follow(untangled, graph.length, node, way))).toEqual(before)
    }),
    { numRuns: 2000 },
  )
})

test('a graph whose loops have one entry each stays as it is', () => {
  const graph = [[1], [2, 5], [3], [3, 2, 4], [1], []]
  const { successors, dispatchers, notes } = untangle(graph)
  expect(successors).toEqual(graph)
  expect([dispatchers.size, notes.size]).toEqual([0, 0])
})

test('a loop with two entries gets a dispatcher, and notes for each side', () => {
  const graph = [[1, 2], [2], [1, 3], []]
  expect(entriesBeside(graph)).not.toEqual([])
  const { successors, dispatchers, notes } = untangle(graph)
  expect([...dispatchers.values()]).toEqual([[1, 2]])
  expect(notes.size).toBe(4)
  expect(successors[3]).toEqual([])
})
