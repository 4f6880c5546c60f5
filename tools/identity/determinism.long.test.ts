/** rustc as a function of its inputs and its seed: reports with cold and warm caches and by every engine; objects by ten seeds. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NodeReport } from '@bootgraph/build-graph'
import { dataFolder } from '@bootgraph/build-graph/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const bootgraph = fileURLToPath(new URL('../../apps/cli/bin/bootgraph.mjs', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'bootgraph-seeds-'))
/** The store and toolchains of this host, and translations of its own. */
const cold = join(work, 'data')

interface Outcome {
  readonly object: string
  readonly report: unknown
}

function compile(linkage: string, options: readonly string[], data?: string): Outcome {
  const folder = mkdtempSync(join(work, 'w-'))
  writeFileSync(join(folder, 'hello.rs'), 'fn main() {\n    println!("hello");\n}\n')
  const node = [
    'run',
    '--linkage',
    linkage,
    '--mount',
    `${folder}:/w:rw`,
    '--cwd',
    '/w',
    '--report',
    join(folder, 'report.json'),
    ...options,
  ]
  const program = ['rustc', '--edition=2021', '--emit=obj', '-o', '/w/hello.o', '/w/hello.rs']
  const env = data === undefined ? process.env : { ...process.env, BOOTGRAPH_DATA: data }
  const { status, stderr } = spawnSync(process.execPath, [bootgraph, ...node, '--', ...program], { encoding: 'utf8', env })
  expect([status, stderr]).toEqual([0, ''])
  const { measured: _, instructions: __, ...report } = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as NodeReport
  const object = createHash('sha256')
    .update(readFileSync(join(folder, 'hello.o')))
    .digest('hex')
  return { object, report }
}

beforeAll(() => {
  mkdirSync(cold)
  for (const part of ['store', 'toolchains']) symlinkSync(join(dataFolder(), part), join(cold, part))
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

describe.each(['dynamic', 'static'])('%s', (linkage) => {
  test('one seed gives one report: twice, cold and warm, by every engine', () => {
    const first = compile(linkage, ['--seed', '7'])
    expect(compile(linkage, ['--seed', '7'])).toEqual(first)
    expect(compile(linkage, ['--seed', '7'], cold)).toEqual(first)
    expect(compile(linkage, ['--seed', '7'], cold)).toEqual(first)
    for (const options of [['--no-cache'], ['--count'], ['--engine', 'interpreter'], ['--engine', 'translator']])
      expect({ options, ...compile(linkage, ['--seed', '7', ...options]) }).toEqual({ options, ...first })
  }, 1_800_000)

  test('ten seeds give one object', () => {
    const objects = Array.from({ length: 10 }, (_, seed) => compile(linkage, ['--seed', String(seed)]).object)
    expect(new Set(objects).size).toBe(1)
  }, 1_800_000)
})
