/** What a browser loads, gzipped: the first page and the parts that come later. The bundle is built for the test. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildPages } from './harness.ts'

interface Chunk {
  readonly file: string
  readonly imports?: readonly string[]
  readonly css?: readonly string[]
}

const out = mkdtempSync(join(tmpdir(), 'dashboard-'))
let manifest: Readonly<Record<string, Chunk>>

beforeAll(() => {
  buildPages(out)
  manifest = JSON.parse(readFileSync(join(out, '.vite/manifest.json'), 'utf8')) as typeof manifest
})
afterAll(() => rmSync(out, { recursive: true }))

/** Files of these entries and of all that they import, each once. */
function files(...entries: string[]): Set<string> {
  const found = new Set<string>()
  const visit = (name: string) => {
    const { file, imports = [], css = [] } = manifest[name]!
    if (found.has(file)) return
    found.add(file)
    for (const style of css) found.add(style)
    for (const other of imports) visit(other)
  }
  for (const entry of entries) visit(entry)
  return found
}

/** Everything that the build made with that ending. */
const made = (ending: string): string[] =>
  readdirSync(join(out, 'assets')).flatMap((name) => (name.endsWith(ending) ? [`assets/${name}`] : []))

const kilobytes = (names: Iterable<string>): number =>
  [...names].reduce((sum, name) => sum + gzipSync(readFileSync(join(out, name))).length, 0) / 1000
/** What a part adds to what has been loaded before it. */
function added(part: string, ...before: string[]): number {
  const known = files('index.html', ...before)
  return kilobytes([...files(part)].filter((file) => !known.has(file)))
}

test('the first page stays within 250 kB of script and style', () => {
  expect(kilobytes([...files('index.html', 'src/pages/ladder/ladder-page.tsx'), ...made('.css')])).toBeLessThan(250)
})

test('the graph adds at most 95 kB with the worker that lays it out', () => {
  expect(added('src/pages/graph/graph-page.tsx') + kilobytes(made('.js').filter((name) => name.includes('layout.worker')))).toBeLessThan(95)
})

test('the viewer of logs adds at most 15 kB', () => {
  expect(added('src/pages/unit/log.tsx', 'src/pages/unit/unit-page.tsx')).toBeLessThan(15)
})
