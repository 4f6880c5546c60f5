import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { Scripts } from './scripts.ts'

const folder = mkdtempSync(join(tmpdir(), 'bootgraph-scripts-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeFileSync(join(folder, 'upper.cjs'), `exports.shout = (text) => require('node:path').basename(text).toUpperCase() + '’'`)
writeFileSync(
  join(folder, 'main.cjs'),
  `const { shout } = require('./upper.cjs'); module.exports = { greet: () => shout('/a/hello'), at: __filename }`,
)
const DIGESTS = { 'main.cjs': 'm1', 'upper.cjs': 'u1' }
const LONG = 50_000_000
const UPPER = `u1-${process.version}.script`

function cache() {
  const values = new Map<string, Uint8Array>()
  const written: string[] = []
  return {
    values,
    written,
    sum: crc32,
    get: (key: string) => values.get(key),
    put(key: string, value: Uint8Array) {
      written.push(key)
      values.set(key, value)
    },
  }
}
/** One process: loads, runs, keeps; gives what was written. */
function run(kept: ReturnType<typeof cache>, fuel: number): string[] {
  kept.written.length = 0
  const scripts = new Scripts(folder, DIGESTS, kept)
  const { greet, at } = scripts.require('main.cjs') as { greet: () => string; at: string }
  expect([greet(), at, scripts.require('main.cjs')]).toEqual(['HELLO’', join(folder, 'main.cjs'), scripts.require('main.cjs')])
  scripts.keep(fuel)
  return [...kept.written]
}

test('code is kept once by a short run, once by a long one, and then used as it is', () => {
  const kept = cache()
  const all = [`m1-${process.version}.script`, UPPER]
  expect([run(kept, 1), run(kept, 1), run(kept, LONG), run(kept, LONG), run(kept, 1)]).toEqual([all, [], all, [], []])
})

test('code that is damaged is made again; without a cache nothing is kept', () => {
  const kept = cache()
  run(kept, 1)
  const whole = kept.values.get(UPPER)!
  for (const damaged of [whole.subarray(0, 5), whole.subarray(0, whole.length - 1), whole.map((byte, i) => (i === 40 ? byte ^ 1 : byte))]) {
    kept.values.set(UPPER, damaged)
    expect(run(kept, 1)).toEqual([UPPER])
  }
  const alone = new Scripts(folder, DIGESTS, undefined)
  expect((alone.require('main.cjs') as { greet: () => string }).greet()).toBe('HELLO’')
  alone.keep(LONG)
})

test('a script that throws does so where it is asked for', () => {
  writeFileSync(join(folder, 'broken.cjs'), 'throw new RangeError("no")')
  expect(() => new Scripts(folder, {}, undefined).require('broken.cjs')).toThrow('no')
})
