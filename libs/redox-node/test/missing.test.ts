/** What a program meets that calls a function of which the model has nothing at all. */
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { compiled } from './corpus/programs.ts'
import { inNode } from './corpus/run.ts'

it('a function without a row answers ENOSYS and is recorded, in the child of a fork as in its parent', () => {
  const { code, stdout, gaps } = inNode(compiled('c', fileURLToPath(new URL('./missing/fork.c', import.meta.url))))
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'before -1 38\nchild -1 38\nparent -1 38\n1 7\n' })
  expect(gaps.filter(({ truth }) => truth === 'model').map(({ name }) => name)).toEqual(['quotactl'])
})
