import { expect, test } from 'vitest'
import { Code, I32, I64 } from './code.ts'
import { encodeModule } from './module.ts'

const IF = 0x04
const BR_IF = 0x0d

/** Content of the custom section of that name. */
function custom(bytes: Uint8Array<ArrayBuffer>, name: string): Uint8Array | undefined {
  const [section] = WebAssembly.Module.customSections(new WebAssembly.Module(bytes), name)
  return section && new Uint8Array(section)
}
function reader(bytes: Uint8Array): () => number {
  let at = 0
  return () => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = bytes[at++]
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
}

test('unlikely branches are found behind locals, moved instructions and those before them', () => {
  const code = new Code(1)
  for (let i = 0; i < 3; i++) code.local(i % 2 ? I32 : I64)
  code.get(0).unlikely().if().i32(1).return().end()
  code.block().get(0).unlikely().brIf(0).get(0).if().end().end()
  const { bytes, unlikely } = code.take()
  code.block().get(0).i32(300).op(0x46).brIf(0).append(bytes, unlikely).end().i32(0)
  const plain = new Code(1).get(0)
  const body = code.body()
  expect(body.unlikely.map((at) => body.bytes[at])).toEqual([IF, BR_IF])
  const shape = { types: [{ params: [I32], results: [I32] }], tables: [], imports: [{ name: 'f', type: 0 }] }
  const functions = [plain, code, plain, code].map((each) => ({ type: 0, code: each }))
  const section = custom(encodeModule({ ...shape, functions }), 'metadata.code.branch_hint')!
  const next = reader(section)
  const hints = Array.from({ length: next() }, () => [next(), Array.from({ length: next() }, () => [next(), next(), next()])])
  const wanted = body.unlikely.map((at) => [at, 1, 0])
  expect(hints).toEqual([
    [2, wanted],
    [4, wanted],
  ])
  expect(custom(encodeModule({ ...shape, functions: [{ type: 0, code: plain }] }), 'metadata.code.branch_hint')).toBeUndefined()
})
