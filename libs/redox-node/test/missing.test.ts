/** What a program meets that calls a function of which the model has nothing at all. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { compiled } from './corpus/programs.ts'
import { inNode } from './corpus/run.ts'

it('a function without a row answers ENOSYS and is recorded, in the child of a fork as in its parent', () => {
  const { code, stdout, gaps } = inNode(compiled('c', fileURLToPath(new URL('./missing/fork.c', import.meta.url))))
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'before -1 38\nchild -1 38\nparent -1 38\n1 7\n' })
  expect(gaps.filter(({ truth }) => truth === 'model').map(({ name }) => name)).toEqual(['quotactl'])
})

it('an occurrence says by which calls it came about, innermost first', () => {
  const program = compiled('c', fileURLToPath(new URL('./missing/stack.c', import.meta.url)))
  const { stdout, gaps } = inNode(program)
  expect(stdout).toBe('4\n')
  const functions = execFileSync('nm', ['--defined-only', '--numeric-sort', join(program.folder, 'program')], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([at, , name]) => ({ at: Number.parseInt(at, 16), name }))
  const [{ occurrences }] = gaps.filter(({ name }) => name === 'quotactl')
  const frames = occurrences
    .find(({ found }) => found === 'call')!
    .stack!.map((frame) => {
      const [, module, place] = /^(.*)!0x([0-9a-f]+)$/.exec(frame)!
      return `${module} ${functions.findLast(({ at }) => at <= Number.parseInt(place, 16))!.name}`
    })
  expect(frames.slice(0, 6)).toEqual(['inner', 'middle', 'outer', 'outer', 'outer', 'main'].map((name) => `/program ${name}`))
})

it.each([
  ['static', 'dlopen', 'opens'],
  ['dynamic', 'dladdr', 'looks'],
] as const)('%s: what ld.so lacks is recorded with the calls that asked for it', (linkage, ability, asking) => {
  const { code, gaps } = inNode(compiled('c', fileURLToPath(new URL('./missing/asks.c', import.meta.url))), { linkage })
  expect(code).toBe(0)
  const [{ occurrences }] = gaps.filter(({ component, name }) => component === 'ld-so' && name === ability)
  const frames = occurrences[0].stack!.map((frame) => frame.replace(/\+0x[0-9a-f]+$/, ''))
  expect(frames.slice(0, 3)).toEqual([asking, 'both', 'main'].map((name) => `/program!${name}`))
})
