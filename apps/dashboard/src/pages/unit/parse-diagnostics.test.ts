import { expect, test } from 'vitest'
import { diagnostics } from './parse-diagnostics.ts'

test("rustc's diagnostics are found among other lines, cargo's wrapping included", () => {
  const lines = [
    'Compiling serde',
    '{"message":"cannot find","level":"error","rendered":"error: cannot find\\n"}',
    '{"reason":"compiler-message","message":{"level":"warning","rendered":"warning: unused\\n"}}',
    '{"artifact":"/b/libserde.rlib","emit":"link"}',
    '{ not json',
    '{"message":"1 warning emitted","level":"warning","rendered":null}',
  ]
  expect(diagnostics(lines)).toEqual([
    { level: 'error', rendered: 'error: cannot find\n' },
    { level: 'warning', rendered: 'warning: unused\n' },
  ])
})
