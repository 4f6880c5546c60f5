import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { turn } from './turn.ts'

const folder = mkdtempSync(join(tmpdir(), 'bootgraph-turn-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('one at a time, and the next is told that it waits', async () => {
  const file = join(folder, 'lock')
  const order: string[] = []
  const done = await turn(file, () => order.push('no wait'))
  const second = turn(file, () => {
    order.push('waits')
    done()
  })
  ;(await second)()
  expect(order).toEqual(['waits'])
})

test('whoever is killed lets go', async () => {
  const file = join(folder, 'killed')
  const source = `import { turn } from ${JSON.stringify(new URL('./turn.ts', import.meta.url).href)}; await turn(${JSON.stringify(file)}, () => {}); console.log('mine'); setInterval(() => {}, 1000)`
  const other = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(other.stdout, 'data')
  let waited = false
  const mine = turn(file, () => {
    waited = true
    other.kill('SIGKILL')
  })
  ;(await mine)()
  expect(waited).toBe(true)
})

test('where the lock cannot be, nobody waits', async () => {
  ;(await turn(join(folder, 'none', 'lock'), () => {}))()
})
