import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { canonical, digestOf } from './canonical.ts'
import { portableSha256, sha256 } from './sha256.ts'

/** Golden vectors: these bytes and digests are on disk in stores already; they never change. */
const VECTORS: readonly (readonly [value: unknown, text: string, digest: string])[] = [
  [{}, '{}', '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'],
  [
    { b: 1, a: [true, null, 'é'], c: undefined },
    '{"a":[true,null,"é"],"b":1}',
    '17c8c6f7f948ee1c9b93b1bc35f6edc29cbaf3022bff7d076d1c4831dd8a44a2',
  ],
  [{ A: -0, aa: '"\n\u2028' }, '{"A":0,"aa":"\\"\\n\u2028"}', 'ac985197edf5adebbe7e20c94a53fdf36023c30b318191825961fc7100b0bea3'],
]

test.each(VECTORS)('%j', (value, text, digest) => {
  expect(canonical(value)).toBe(text)
  expect(digestOf(value)).toBe(digest)
})

test.each([[1.5], [Number.NaN], [2 ** 53], [1n], [() => 1], [new Date(0)], ['\ud800'], [[undefined]]])('refuses %s', (value) => {
  expect(() => canonical(value)).toThrow(TypeError)
})

test('sha256 agrees with the platform at every padding length', () => {
  for (let length = 0; length < 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 255)
    const digest = createHash('sha256').update(bytes).digest('hex')
    expect([sha256(bytes), portableSha256(bytes)]).toEqual([digest, digest])
  }
})
