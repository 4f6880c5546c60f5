/** Programs compiled for an ABI that no host has: what relibc's headers of the time promise. */
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { compiled } from './corpus/programs.ts'
import { inNode } from './corpus/run.ts'

const source = fileURLToPath(new URL('../../relibc/test/redox-2019/pthread/pointers.c', import.meta.url))

it('threads whose objects are pointers, as relibc had them until 2023', () => {
  const { stdout, code } = inNode(compiled('c', source), { abi: 'redox-2019-11' })
  expect(stdout.split('\n')).toEqual([
    'stack 65536, sum 1225, result 50',
    'recursive 0 0 0 0 0',
    'guard 0 16 5a5a 5a5a',
    'lock 0 16 0 0 0',
    'destroy 0 0',
    'again 0 0',
    '',
  ])
  expect(code).toBe(0)
})
