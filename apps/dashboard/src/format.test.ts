import { expect, test } from 'vitest'
import { ago, bytes, count, noun, share, shortDigest, took, visible } from './format.ts'

test('numbers are grouped and stand with their noun', () => {
  expect([count(10_000), noun(1, 'unit'), noun(254, 'unit'), noun(0, 'entry', 'entries')]).toEqual([
    '10,000',
    '1 unit',
    '254 units',
    '0 entries',
  ])
})

test('durations change their unit without ever showing sixty of the smaller one', () => {
  expect([400, 59_940, 59_960, 245_000, 3_599_600, 4_320_000].map(took)).toEqual([
    '0.4 s',
    '59.9 s',
    '1 min 00 s',
    '4 min 05 s',
    '1 h 00 min',
    '1 h 12 min',
  ])
})

test('sizes are binary and never show 1024 of a unit', () => {
  expect([512, 1024, 1_503_238_554, 1024 ** 2 - 1].map(bytes)).toEqual(['512 B', '1.0 KiB', '1.4 GiB', '1.0 MiB'])
})

test('a percentage comes with its fraction and is never rounded up to done', () => {
  expect([share(175, 254), share(9_999, 10_000), share(0, 0)]).toEqual(['68 %, 175 of 254', '99 %, 9,999 of 10,000', '0 of 0'])
})

test('times are relative for a week and a date after it', () => {
  const now = Date.UTC(2026, 10, 23, 12)
  expect([0, 240_000, 3 * 3600_000, 2 * 86_400_000, 30 * 86_400_000].map((past) => ago(now - past, now))).toEqual([
    'just now',
    '4 min ago',
    '3 h ago',
    '2 days ago',
    '2026-10-24',
  ])
})

test('a clock that is behind the server shows no negative age', () => expect(ago(2_000_000, 1_000_000)).toBe('just now'))

test('text from a guest cannot reorder, hide or colour what stands around it', () => {
  expect(['a\u202eb', '\u001b[1;31merror\u001b[0m: no', 'a\rb\tc\n', 'a\u001b]0;t'].map(visible)).toEqual([
    'a\\u202eb',
    'error: no',
    'a\\u000db\tc\n',
    'a\\u001b]0;t',
  ])
})

test('a digest is named by twelve digits', () => expect(shortDigest('0123456789abcdef')).toBe('0123456789ab'))
