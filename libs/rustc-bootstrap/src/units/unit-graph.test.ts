import { expect, test } from 'vitest'
import { recordedGraph, unitGraphJson } from '../../test/std-1.63-redox/load.ts'
import { readUnitGraph } from './unit-graph.ts'

test("the standard library's graph has as many units and edges as the file", () => {
  const file = JSON.parse(unitGraphJson()) as { units: { mode: string; dependencies: unknown[] }[] }
  const graph = recordedGraph()
  expect(graph.units.length).toBe(file.units.length)
  expect(graph.units.flatMap((unit) => unit.needs).length).toBe(file.units.flatMap((unit) => unit.dependencies).length)
  const runs = graph.units.filter((unit) => unit.mode === 'run-custom-build')
  expect(runs.map((unit) => unit.name).sort()).toEqual(['compiler_builtins', 'libc', 'memchr', 'std', 'unwind'])
})

test('what is needed stands before what needs it', () => {
  const seen = new Set<string>()
  for (const unit of recordedGraph().units) {
    for (const edge of unit.needs) expect(seen.has(edge.unit)).toBe(true)
    seen.add(unit.id)
  }
})

test('ids do not depend on where the source lies', () => {
  const here = recordedGraph()
  expect(() => readUnitGraph(unitGraphJson(), '/elsewhere')).toThrow('outside')
  const moved = readUnitGraph(unitGraphJson().replaceAll('"/src/', '"/a/b/').replaceAll('file:///src/', 'file:///a/b/'), '/a/b')
  expect(moved.units.map((unit) => unit.id)).toEqual(here.units.map((unit) => unit.id))
})

test('a feature changes the ids of its unit and of all above, and of no other', () => {
  const here = recordedGraph()
  const libc = here.units.find((unit) => unit.name === 'libc' && unit.mode === 'build' && unit.platform !== null)
  const file = JSON.parse(unitGraphJson()) as { units: { pkg_id: string; mode: string; platform: string | null; features: string[] }[] }
  for (const unit of file.units)
    if (unit.pkg_id.startsWith('libc ') && unit.mode === 'build' && unit.platform !== null) unit.features.push('extra_traits')
  const changed = readUnitGraph(JSON.stringify(file), '/src')

  const above = new Set([libc?.id])
  for (const unit of here.units) if (unit.needs.some((edge) => above.has(edge.unit))) above.add(unit.id)
  const kept = here.units.filter((unit) => changed.byId.has(unit.id)).map((unit) => unit.id)
  expect(kept).toEqual(here.units.filter((unit) => !above.has(unit.id)).map((unit) => unit.id))
})

test('other versions, edges to nowhere and cycles are refused', () => {
  const refuse = (change: (file: { version: number; units: { dependencies: unknown[] }[] }) => void, words: string): void => {
    const file = JSON.parse(unitGraphJson()) as { version: number; units: { dependencies: unknown[] }[] }
    change(file)
    expect(() => readUnitGraph(JSON.stringify(file), '/src')).toThrow(words)
  }
  const edge = (index: number): unknown => ({ index, extern_crate_name: 'x', noprelude: false })
  refuse((file) => void (file.version = 2), 'version')
  refuse((file) => void file.units[0].dependencies.push(edge(99)), 'no unit 99')
  refuse((file) => void file.units[8].dependencies.push(edge(31)), 'cycle')
})
