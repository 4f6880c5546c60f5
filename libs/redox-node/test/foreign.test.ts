/** Static programs that carry a C library of Linux: their system calls mean nothing to Redox. */
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { compiled } from './corpus/programs.ts'
import { inNode } from './corpus/run.ts'

it.each([
  ['glibc', 'glibc'],
  ['glibc-pie', 'glibc'],
  ['musl', 'musl'],
])('%s: one line says what is inside, and nothing runs', (source, inside) => {
  const { code, stdout, notes, gaps } = inNode(compiled('c', fileURLToPath(new URL(`./foreign/${source}.c`, import.meta.url))))
  const line = `/program: a static program with ${inside} inside cannot run here; build it dynamically linked`
  expect({ code, stdout, notes, gaps }).toEqual({ code: 126, stdout: '', notes: [line], gaps: [] })
})
