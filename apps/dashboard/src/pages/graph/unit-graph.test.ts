import fc from 'fast-check'
import { expect, test } from 'vitest'
import { behind, chain, depths, neighbourhood, reducedEdges, unitGraph } from './unit-graph.ts'

/** 0 → 1 → 3, 0 → 2 → 3, 0 → 3, and 4 apart. */
const diamond = unitGraph(5, [0, 0, 1, 2, 0], [1, 2, 3, 3, 3])

/** Any acyclic graph: edges only lead from a lower to a higher position. */
const anyGraph = fc
  .tuple(fc.integer({ min: 2, max: 30 }), fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { maxLength: 90 }))
  .map(([count, pairs]) => {
    const edges = pairs.map(([a, b]) => [a % count, b % count] as const).filter(([a, b]) => a !== b)
    const unique = [...new Set(edges.map(([a, b]) => `${Math.min(a, b)} ${Math.max(a, b)}`))].map((edge) => edge.split(' ').map(Number))
    return unitGraph(
      count,
      unique.map(([from]) => from!),
      unique.map(([, to]) => to!),
    )
  })

test('depth counts the longest way from the start', () => expect([...depths(diamond)]).toEqual([0, 1, 1, 2, 0]))

test('behind a unit stands everything that needs it, directly or not, and nothing else', () => {
  expect([...behind(diamond, [0])].sort()).toEqual([1, 2, 3])
  expect([...behind(diamond, [1, 2])]).toEqual([3])
  expect([...behind(diamond, [4])]).toEqual([])
})

test('a chain exists exactly for what stands behind, and each step of it is an edge', () => {
  fc.assert(
    fc.property(anyGraph, fc.nat(29), fc.nat(29), (graph, a, b) => {
      const [from, to] = [a % graph.count, b % graph.count]
      fc.pre(from !== to)
      const way = chain(graph, from, to)
      expect(way !== undefined).toBe(behind(graph, [from]).has(to))
      for (const [index, unit] of (way ?? []).slice(1).entries()) expect(graph.needs[unit]).toContain(way![index])
    }),
  )
})

test('leaving out the edges that longer ways imply changes nothing that stands behind', () => {
  fc.assert(
    fc.property(anyGraph, (graph) => {
      const all = Array.from({ length: graph.count }, (_, unit) => unit)
      const edges = reducedEdges(graph, all)
      const reduced = unitGraph(
        graph.count,
        edges.map(([from]) => from),
        edges.map(([, to]) => to),
      )
      for (const unit of all) expect([...behind(reduced, [unit])].sort()).toEqual([...behind(graph, [unit])].sort())
    }),
  )
})

test('a neighbourhood is cut at its limit and says how many were left out', () => {
  expect(neighbourhood(diamond, 3, 1, 10)).toEqual({ units: [3, 1, 2, 0], more: 0 })
  expect(neighbourhood(diamond, 3, 2, 2)).toEqual({ units: [3, 1], more: 2 })
})
