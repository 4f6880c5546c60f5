import { expect, test } from 'vitest'
import { everyItem } from './pages.ts'

test('a list of several pages is read to its end', async () => {
  const pages: Readonly<Record<string, { items: number[]; next?: string }>> = {
    first: { items: [1, 2], next: 'second' },
    second: { items: [3], next: 'third' },
    third: { items: [4] },
  }
  expect(await everyItem(async ({ cursor = 'first' }) => pages[cursor]!)).toEqual([1, 2, 3, 4])
})
