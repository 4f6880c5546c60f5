/** Paths of Redox are UTF-8: another name is invalid, and nothing is made of it. */
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { compiled } from './corpus/programs.ts'
import { inNode } from './corpus/run.ts'

it('refuses names that are not UTF-8, and keeps those that are as they are', () => {
  const { code, stdout, notes } = inNode(compiled('c', fileURLToPath(new URL('./names/foreign.c', import.meta.url))))
  const refused = ['open', 'openat', 'mkdir', 'stat', 'rename', 'symlink to', 'symlink at', 'unlink', 'chdir', 'access']
  const lines = [...refused.map((call) => `${call} -1 22`), 'replacement 0 0', 'mark 0 0', '3 bd', '3 bf']
  expect({ code, lines: stdout.trimEnd().split('\n'), notes }).toEqual({ code: 0, lines, notes: [] })
})
