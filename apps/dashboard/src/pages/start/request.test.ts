import { expect, test } from 'vitest'
import { requestOf } from './request.ts'

test('a link prefills a request, and what it leaves open is left to the server', () => {
  expect(requestOf({}, 'ladder')).toEqual({ stage: 'ladder' })
  expect(
    requestOf(
      {
        stage: 'stage1',
        rungs: 'core,std',
        linkage: 'static',
        targetLinkage: 'dynamic',
        surface: '2019-11-27',
        mode: 'strict',
        overlays: 'none',
      },
      'ladder',
    ),
  ).toEqual({
    stage: 'stage1',
    rungs: ['core', 'std'],
    linkage: ['static'],
    targetLinkage: 'dynamic',
    surface: '2019-11-27',
    mode: 'strict',
    overlays: [],
  })
})

test('a word that no choice knows is not sent', () => {
  expect(requestOf({ linkage: 'both', mode: 'soft', targetLinkage: 'x' }, 'ladder')).toEqual({ stage: 'ladder' })
})
