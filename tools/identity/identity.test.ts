/** A part of the comparison that is quick enough for every run of the tests; identity.long.test.ts has all of it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Sides } from './sides.ts'

let sides: Sides
beforeAll(async () => {
  sides = await Sides.open()
}, 600_000)
afterAll(() => sides?.close())

test.each([
  ['semver', 'metadata', 'dynamic'],
  ['fallible-iterator', 'metadata', 'static'],
  ['strsim', 'metadata', 'dynamic'],
] as const)(
  '%s as %s, compiled by a %s rustc in a node, is byte for byte what native rustc makes',
  (crate, emit, linkage) => {
    const node = sides.node(crate, emit, linkage)
    expect(Object.keys(node.files).length).toBeGreaterThan(0)
    expect(node).toEqual(sides.native(crate, emit))
  },
  600_000,
)
