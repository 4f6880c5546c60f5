import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { translationCache } from './translation-cache.ts'

const folder = mkdtempSync(join(tmpdir(), 'bootgraph-translations-'))
afterAll(() => rmSync(folder, { recursive: true }))
const engine = (digit: string) => digit.repeat(64)

test('the engines that were used last keep their code, and nothing else in the folder is touched', () => {
  for (const [days, digit] of [...'abcdef'].entries()) {
    mkdirSync(join(folder, engine(digit)))
    writeFileSync(join(folder, engine(digit), 'handlers'), 'x')
    const then = new Date(Date.now() - (days + 1) * 86_400_000)
    utimesSync(join(folder, engine(digit)), then, then)
  }
  mkdirSync(join(folder, 'other'))
  // Read only, but used.
  expect(translationCache(folder, engine('f')).get('handlers')?.length).toBe(1)
  translationCache(folder, engine('0')).put('handlers', Uint8Array.of(1))
  expect(readdirSync(folder).sort()).toEqual([engine('0'), engine('a'), engine('b'), engine('f'), 'other'])
  translationCache(folder, engine('0')).put('more', Uint8Array.of(1))
  expect(readdirSync(join(folder, engine('0'))).sort()).toEqual(['handlers', 'more'])
})

test('a folder that cannot be used keeps nothing and is no error', () => {
  const cache = translationCache(join(folder, engine('0'), 'handlers'), engine('1'))
  cache.put('handlers', Uint8Array.of(1))
  expect(cache.get('handlers')).toBeUndefined()
})
