import { expect, test } from 'vitest'
import { linkageOf } from './linkage-of.ts'

test('an id says by which compiler, unless none is in it', () => {
  expect(['static-link-executable', 'std-dynamic-static_assertions-1.1.0', 'node-image'].map(linkageOf)).toEqual([
    'static',
    'dynamic',
    undefined,
  ])
})
