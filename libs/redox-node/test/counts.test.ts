/** The report counts every call of the C library, whoever answered it and whatever became of the process. */
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { compiled } from './corpus/programs.ts'
import { inNode } from './corpus/run.ts'

it('counts the calls of children whose memory later children have taken over', () => {
  const { stdout, calls } = inNode(compiled('c', fileURLToPath(new URL('./counts/children.c', import.meta.url))))
  expect(stdout).toBe('12\n')
  const children = Array.from({ length: 12 }, (_, child) => 100 + child)
  expect(calls).toMatchObject({ memcmp: children.reduce((sum, own) => sum + own, 0), fork: 12, waitpid: 12 })
})
