import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { surfaceOfLibrary } from './from-library.ts'

const folder = mkdtempSync(join(tmpdir(), 'bootgraph-library-'))
const at = (name: string): string => join(folder, name)

beforeAll(() => {
  writeFileSync(
    at('part.c'),
    `int open_to_all(void) { return 1; }
     __attribute__((visibility("hidden"))) int hidden(void) { return 2; }
     __attribute__((visibility("hidden"))) int hidden_object = 3;
     static int inside(void) { return 4; }
     int uses(void) { return inside() + hidden(); }`,
  )
  execFileSync('gcc', ['-O0', '-fPIC', '-c', '-o', at('part.o'), at('part.c')])
  execFileSync('ar', ['rc', at('libpart.a'), at('part.o')])
  execFileSync('gcc', ['-shared', '-nostdlib', '-o', at('libpart.so'), at('part.o')])
})
afterAll(() => rmSync(folder, { recursive: true }))

function symbolsOf(name: string): readonly string[] {
  const read = surfaceOfLibrary(name, readFileSync(at(name)), 'mine', 'id')
  return read.ok ? [...read.value.symbols.keys()] : [JSON.stringify(read.error)]
}

test('a static link finds the hidden symbols of an archive, a program none of a shared object', () => {
  expect(symbolsOf('libpart.a')).toEqual(['hidden', 'hidden_object', 'open_to_all', 'uses'])
  expect(symbolsOf('libpart.so')).toEqual(['open_to_all', 'uses'])
})
