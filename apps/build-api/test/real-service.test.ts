import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { realService } from './real-service.ts'

test('a set-up that fails leaves neither a process nor a folder', async () => {
  await expect(realService('broken', 'Redis', [[1, 'EIO']])).rejects.toThrow('PUT /store/')
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('bootgraph-broken-'))).toEqual([])
  expect(commandLines().filter((line) => line.includes('bootgraph-broken-'))).toEqual([])
})

function commandLines(): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      } catch {
        // It ended while we looked.
        return ''
      }
    })
}
