import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { sha256 } from './sha256.ts'
import { compareNames, decodeDirectory, encodeDirectory, nameFault, type TreeEntry } from './tree.ts'

const EMPTY = sha256(new Uint8Array())
const file = (name: string): TreeEntry => ({ kind: 'file', name, digest: EMPTY, size: 0, executable: false })

test('entries are sorted by bytes, and the order given does not matter', () => {
  const names = ['b', 'a', 'Z', 'é', '\u{1F600}', '\uFFFD', 'a-b']
  const one = encodeDirectory(names.map(file))
  expect(encodeDirectory([...names].reverse().map(file))).toEqual(one)
  const decoded = decodeDirectory(one)
  expect(decoded.ok && decoded.entries.map((e) => e.name)).toEqual(['Z', 'a', 'a-b', 'b', 'é', '\uFFFD', '\u{1F600}'])
})

test.each(['', '.', '..', 'a/b', '../x', 'a\0', '\ud800', 'x'.repeat(256)])('the name %j is refused', (name) => {
  expect(nameFault(name)).toBeDefined()
  expect(() => encodeDirectory([file(name)])).toThrow(TypeError)
})

test.each(['', 'a\0b'])('the link target %j is refused', (target) => {
  expect(() => encodeDirectory([{ kind: 'symlink', name: 'l', target }])).toThrow(TypeError)
})

test('double names are refused', () => {
  expect(() => encodeDirectory([file('a'), { kind: 'symlink', name: 'a', target: 'b' }])).toThrow(/double/)
})

const bytes = (text: string) => new TextEncoder().encode(text)
test.each([
  ['{"entries":[{"kind":"symlink","name":"..","target":"x"}]}'],
  ['{"entries":[{"kind":"symlink","name":"b","target":"x"},{"kind":"symlink","name":"a","target":"x"}]}'],
  ['{"entries":[{"name":"b","kind":"symlink","target":"x"}]}'],
  ['{ "entries":[]}'],
  ['{"entries":[],"more":1}x'],
  [`{"entries":[{"digest":"${EMPTY}","executable":false,"kind":"file","name":"a","size":-1}]}`],
  [`{"entries":[{"digest":"${EMPTY}","extra":1,"kind":"directory","name":"a"}]}`],
])('decoding refuses %s', (text) => {
  expect(decodeDirectory(bytes(text)).ok).toBe(false)
})

test('decoding never throws, and whatever it accepts encodes to the same bytes', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map(bytes),
        fc.array(fc.string()).map((n) => bytes(JSON.stringify({ entries: n }))),
      ),
      (input) => {
        const decoded = decodeDirectory(input)
        if (decoded.ok) expect(encodeDirectory(decoded.entries)).toEqual(input)
      },
    ),
  )
})

test('names compare as their UTF-8 bytes do', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
      expect(Math.sign(compareNames(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))))
    }),
  )
})
