import { expect, test } from 'vitest'
import { parse, type ServerEvent } from './events.ts'

async function read(...pieces: string[]): Promise<ServerEvent[]> {
  const all: ServerEvent[] = []
  const body = (async function* () {
    for (const piece of pieces) yield new TextEncoder().encode(piece)
  })()
  for await (const event of parse(body)) all.push(event)
  return all
}

test('events come whole, however the stream is cut', async () => {
  const text = ': hello\n\nid: 7\nevent: unit\ndata: {"a":1}\n\ndata: two\ndata: lines\n\n'
  const expected = [
    { type: 'unit', id: '7', data: '{"a":1}' },
    { type: 'message', id: undefined, data: 'two\nlines' },
  ]
  expect(await read(text)).toEqual(expected)
  expect(await read(...text)).toEqual(expected)
})

test('an event that is not ended is not told', async () => {
  expect(await read('data: half')).toEqual([])
})
