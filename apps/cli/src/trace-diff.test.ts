import { describe, expect, it } from 'vitest'
import { diffTraces } from './trace-diff.ts'

describe('trace diff', () => {
  it('calls traces equal that differ only in addresses', () => {
    expect(
      diffTraces(['[1] malloc(16) = 0x10001000', '[1] free(0x10001000)'], ['[1] malloc(16) = 0x7f0010', '[1] free(0x7f0010)']),
    ).toEqual({
      equal: true,
      common: 2,
      calls: [],
    })
  })
  it('sees that another address is used', () => {
    const diff = diffTraces(
      ['malloc(1) = 0x10000', 'malloc(1) = 0x20000', 'free(0x10000)'],
      ['malloc(1) = 0x10000', 'malloc(1) = 0x20000', 'free(0x20000)'],
    )
    expect(diff.first).toEqual({ line: 3, a: 'free(0x10000)', b: 'free(0x20000)' })
  })
  it('names the first differing line and the functions called more or less often', () => {
    const diff = diffTraces(['open("/a") = 3', 'read(3) = 5'], ['open("/a") = 3'])
    expect(diff).toMatchObject({ equal: false, common: 1, first: { line: 2, a: 'read(3) = 5', b: undefined } })
    expect(diff.calls).toEqual([{ name: 'read', a: 1, b: 0 }])
  })
})
