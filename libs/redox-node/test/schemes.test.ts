/** Schemes that are not in the node, asked for by a program of the C library. */
import { fileURLToPath } from 'node:url'
import { E } from '@bootgraph/kernel'
import { expect, it } from 'vitest'
import { compiled } from './corpus/programs.ts'
import { inNode } from './corpus/run.ts'

it('a scheme that is not there is ENODEV, and a model gap of the program that asked if Redox has it', () => {
  const { stdout, gaps } = inNode(compiled('c', fileURLToPath(new URL('./schemes/asks.c', import.meta.url))))
  expect(stdout.trim().split('\n')).toEqual([
    `/scheme/irq ${E.NODEV}`,
    `/scheme/log/x ${E.NODEV}`,
    `tcp:127.0.0.1:80 ${E.NODEV}`,
    `/scheme/nobodys ${E.NODEV}`,
    `/scheme/rand/x ${E.NOENT}`,
    `other:x ${E.NOENT}`,
    `log:x ${E.NODEV}`,
    `log ${E.NOENT}`,
    `stat ${E.NODEV}`,
    "a file's name 0",
  ])
  const met = gaps.filter(({ truth, component }) => truth === 'model' && component === 'kernel')
  expect(met.map(({ kind, name }) => `${kind} ${name}`)).toEqual(
    ['irq', 'log', 'serio', 'tcp'].map((name) => `scheme-operation open /scheme/${name}`),
  )
  for (const { occurrences } of met) expect(occurrences.map(({ module }) => module)).toContain('/asks')
})
