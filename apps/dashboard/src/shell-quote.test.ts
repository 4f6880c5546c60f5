import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commandLine, quote } from './shell-quote.ts'

test('a shell reads back exactly the words that were quoted', () => {
  const words = fc.sample(fc.string({ unit: 'grapheme-ascii' }), { numRuns: 200, seed: 1 })
  const said = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${words.map(quote).join(' ')}`], { encoding: 'utf8' })
  expect(said.split('\0').slice(0, -1)).toEqual(words)
})

test('plain words stay as they are, and the environment stands before the command', () => {
  expect(commandLine(['rustc', '--cfg', 'feature="std"'], { RUSTC_BOOTSTRAP: '1' })).toBe(`RUSTC_BOOTSTRAP=1 rustc --cfg 'feature="std"'`)
})
