import { expect, test } from 'vitest'
import { layout, recordedCommands, recordedGraph, recordedScripts } from '../../test/std-1.63-redox/load.ts'
import { rustcArgv, scriptFlags, scriptUse } from './rustc-argv.ts'

/** Words of a command line as cargo prints it: quoted where a word holds anything unusual. */
const words = (line: string): string[] => [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain)

/** What names a compilation whatever ids are in use. */
const subject = (argv: readonly string[]): string => argv.slice(1, argv.indexOf('--error-format=json')).join(' ')
const idIn = (argv: readonly string[]): string => argv.find((word) => word.startsWith('metadata='))?.slice('metadata='.length) ?? ''

test("command lines are cargo's own, but for the ids", () => {
  const graph = recordedGraph()
  const scripts = recordedScripts(graph)
  const recorded = recordedCommands().map(words)
  const ours = graph.units
    .filter((unit) => unit.mode === 'build')
    .map((unit) => [...rustcArgv(unit, graph, layout), ...scriptFlags(scriptUse(unit, graph), scripts)])
  expect(ours.map(subject).sort()).toEqual(recorded.map(subject).sort())

  const ids = new Map<string, string>()
  for (const argv of recorded) ids.set(idIn(argv), idIn(ours.find((other) => subject(other) === subject(argv)) ?? []))
  const inOurIds = (word: string): string => word.replace(/\b[0-9a-f]{16}\b/g, (id) => ids.get(id) ?? `unknown-${id}`)
  for (const argv of recorded) {
    expect(ours.find((other) => subject(other) === subject(argv))).toEqual(argv.map(inOurIds))
  }
})

test('where the target can have dylibs, std is linked against in both forms', () => {
  const graph = recordedGraph()
  const root = graph.byId.get(graph.roots[0])
  const argv = rustcArgv(root ?? graph.units[0], graph, { ...layout, platformHasDylib: true })
  const std = argv.filter((word) => word.startsWith('std='))
  expect(std.map((word) => word.replace(/.*\./, ''))).toEqual(['so', 'rlib'])
})
