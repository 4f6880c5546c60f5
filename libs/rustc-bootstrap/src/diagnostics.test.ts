import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { diagnosticGaps, firstError, readDiagnostics } from './diagnostics.ts'

const recorded = (name: string) => readDiagnostics(readFileSync(new URL(`../test/diagnostics/${name}.jsonl`, import.meta.url), 'utf8'))

test('what crate libc does not declare is a gap by its name, with every place that asks for it', () => {
  const gaps = diagnosticGaps(recorded('libc-declarations'), [])
  expect(gaps.map(({ name }) => name).sort()).toEqual(['ENOTSUP', 'F_RDLCK', 'F_UNLCK', 'F_WRLCK', 'flock'])
  for (const gap of gaps) expect(gap).toMatchObject({ truth: 'upstream', component: 'libc-crate', kind: 'declaration-missing' })
  const flock = gaps.find(({ name }) => name === 'flock')
  expect(flock?.occurrences).toHaveLength(2)
  expect(flock?.occurrences[0]).toMatchObject({
    found: 'compile',
    symbol: 'libc::flock',
    module: expect.stringContaining('flock/unix.rs') as string,
  })
})

test('a dropped crate type is a gap of the target only where its file was to be made', () => {
  const said = recorded('dropped-dylib')
  expect(diagnosticGaps(said, [])).toEqual([])
  expect(diagnosticGaps(said, ['/target/deps/librustc_driver-0.so'])).toMatchObject([
    {
      component: 'target',
      kind: 'target-ability',
      name: 'dylib for x86_64-unknown-redox',
      occurrences: [{ module: '/target/deps/librustc_driver-0.so' }],
    },
  ])
})

test("other errors are the code's own and no gap", () => {
  const said = recorded('own-errors')
  expect(said.filter(({ level }) => level === 'error').length).toBeGreaterThan(2)
  expect(diagnosticGaps(said, ['/out/libown.rmeta'])).toEqual([])
  expect(firstError(said)).toMatch(/^error\[E0432\]: unresolved import `nowhere` \(own-errors\.rs:5\)$/)
})

test('lines that are no diagnostic are passed over', () => {
  expect(readDiagnostics('warning: text\n{"artifact":"/x","emit":"link"}\n{broken\n\n')).toEqual([])
  expect(firstError([])).toBeUndefined()
})
