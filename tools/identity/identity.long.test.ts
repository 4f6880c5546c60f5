/** Every crate, every form, both linkages of the compiler. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CRATES, EMITS, Sides } from './sides.ts'

let sides: Sides
beforeAll(async () => {
  sides = await Sides.open()
}, 600_000)
afterAll(() => sides?.close())

describe.each(['dynamic', 'static'] as const)('a %s rustc in a node', (linkage) => {
  describe.each(Object.keys(CRATES))('compiles %s', (crate) => {
    test.each(Object.keys(EMITS))(
      'to %s, byte for byte as natively',
      (emit) => {
        const node = sides.node(crate, emit, linkage)
        expect(Object.keys(node.files).length).toBeGreaterThan(0)
        expect(node).toEqual(sides.native(crate, emit))
      },
      3_600_000,
    )
  })
})
