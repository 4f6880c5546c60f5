import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseSearch, searchOf, stringifySearch } from './search.ts'

test('any search survives the way through a URL', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string({ minLength: 1 })), (search) => {
      expect(parseSearch(stringifySearch(search))).toEqual(search)
    }),
  )
})

test('queries stay readable and empty values are left out', () => {
  expect(stringifySearch({ q: 'component:relibc kind:symbol,stub', tab: '', sort: undefined })).toBe('?q=component:relibc+kind:symbol,stub')
})

test('an unknown parameter is kept for the page to name', () => {
  expect(searchOf('q')({ q: 'a', other: 'b', empty: '' })).toEqual({ q: 'a', other: 'b' })
})
