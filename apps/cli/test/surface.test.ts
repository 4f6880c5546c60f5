/** `bootgraph surface show`: a whole snapshot, one symbol of it, one symbol over time. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const bootgraph = fileURLToPath(new URL('../bin/bootgraph.mjs', import.meta.url))
const show = (...args: string[]) => spawnSync(process.execPath, [bootgraph, 'surface', 'show', ...args], { encoding: 'utf8' })

it('tells what one symbol was at a date, and the same as JSON', () => {
  const { status, stdout } = show('2019-11-27', 'posix_spawn', '--json')
  const shown = JSON.parse(stdout) as { date: string; history: { date: string }[] }
  expect(shown).toMatchObject({ name: 'posix_spawn', kind: null, status: 'absent' })
  expect(shown.history[0].date > shown.date).toBe(true)
  expect(status).toBe(1)
  const later = show(shown.history[0].date, 'posix_spawn')
  expect([later.status, later.stdout.split('\n')[0]]).toEqual([0, `posix_spawn at ${shown.history[0].date}: implemented`])
})

it('says so when a symbol was never there', () => {
  const { status, stdout } = show('latest', 'no_such_function')
  expect([status, stdout.split('\n')[1]]).toEqual([1, 'in no recorded snapshot'])
})

it('shows every symbol of a date that the symbol alone shows', () => {
  const all = JSON.parse(show('2019-11-27', '--json').stdout) as { symbols: { name: string; status: string }[] }
  const [first] = all.symbols
  expect(JSON.parse(show('2019-11-27', first.name, '--json').stdout)).toMatchObject({ name: first.name, status: first.status })
})
