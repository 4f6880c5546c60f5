import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { madeLibc } from '../load/libc-file.ts'
import { KeptFiles, sha256 } from './kept-files.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kept-files-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a file is found by its key with the digest of its bytes', () => {
  const files = new KeptFiles(folder, 100)
  expect(files.find('key')).toBeUndefined()
  const kept = files.keep('key', Uint8Array.of(1, 2, 3))
  expect(kept?.digest).toBe(sha256(Uint8Array.of(1, 2, 3)))
  expect(files.find('key')).toEqual(kept)
  expect(files.find('ke')).toBeUndefined()
})

test('what was used longest ago goes first when there is no more room', () => {
  const files = new KeptFiles(folder, 100)
  const [a, b] = ['a', 'b'].map((key) => files.keep(key, new Uint8Array(40)))
  utimesSync(a!.path, 1, 1)
  utimesSync(b!.path, 2, 2)
  files.find('a')
  files.keep('c', new Uint8Array(40))
  expect(['a', 'b', 'c'].map((key) => files.find(key) !== undefined)).toEqual([true, false, true])
})

test('a folder that cannot be used keeps nothing', () => {
  writeFileSync(join(folder, 'file'), '')
  const files = new KeptFiles(join(folder, 'file'), 100)
  expect([files.keep('key', new Uint8Array(1)), files.find('key')]).toEqual([undefined, undefined])
})

test('a made libc.so comes from an earlier run, and is made anew where that is damaged', () => {
  const files = new KeptFiles(folder, 2 ** 20)
  let asked = 0
  const names = () => {
    asked++
    return ['malloc', 'free']
  }
  const made = madeLibc(names, ['this'], files)
  expect(madeLibc(names, ['this'], files).digest).toBe(made.digest)
  expect(asked).toBe(1)
  const path = join(folder, readdirSync(folder)[0])
  writeFileSync(path, readFileSync(path).subarray(1))
  expect(madeLibc(names, ['this'], files).digest).toBe(made.digest)
  expect(madeLibc(names, ['that'], files).digest).toBe(made.digest)
  expect(asked).toBe(3)
  expect(madeLibc(names, ['this'], undefined).digest).toBe(made.digest)
})
