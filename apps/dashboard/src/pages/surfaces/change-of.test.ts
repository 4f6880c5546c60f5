import { expect, test } from 'vitest'
import { changeOf } from './change-of.ts'

test('a difference is told by what a program can do after it', () => {
  expect([
    changeOf({ after: 'stub' }),
    changeOf({ before: 'stub', after: 'implemented' }),
    changeOf({ before: 'stub-error', after: 'stub-ok' }),
    changeOf({ before: 'implemented', after: 'stub' }),
    changeOf({ before: 'implemented' }),
  ]).toEqual(['gained', 'filled in', 'changed', 'emptied', 'lost'])
})
