/** `bootgraph surface`: a whole snapshot, one symbol or ability of it, one symbol over time, two beside each other. */
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const bootgraph = fileURLToPath(new URL('../bin/bootgraph.mjs', import.meta.url))
const surface = (...args: string[]) => spawnSync(process.execPath, [bootgraph, 'surface', ...args], { encoding: 'utf8' })
const show = (...args: string[]) => surface('show', ...args)

const newest = (): string =>
  surface('list')
    .stdout.match(/^\d{4}-\d{2}-\d{2}(?= )/gm)
    ?.at(-1) ?? ''

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

it('shows that dlopen was exported before ld.so could do it', () => {
  const early = show('2019-11-27', 'dlopen')
  expect([early.status, early.stdout.split('\n').slice(0, 2)]).toEqual([
    0,
    ['dlopen at 2019-11-27: stub', 'ld.so at 2019-11-27, dlopen: no: fails'],
  ])
  expect(show('latest', 'dlopen').stdout).toMatch(/^dlopen at .*: implemented\nld\.so at .*, dlopen: yes\n/)
})

it('shows what ld.so of a date can do beside the symbols, and what it has learned', () => {
  const all = JSON.parse(show('2019-11-27', '--json').stdout) as { abilities: { name: string; present: boolean }[] }
  expect(all.abilities).toContainEqual(expect.objectContaining({ name: 'R_X86_64_COPY', present: false, absence: 'fails' }))
  expect(show('2019-11-27').stdout).toMatch(/^R_X86_64_COPY +ld\.so +no: fails$/m)
  expect(show('2019-11-27', 'R_X86_64_COPY')).toMatchObject({ status: 1, stdout: 'ld.so at 2019-11-27, R_X86_64_COPY: no: fails\n' })
  const diff = surface('diff', '2019-11-27', 'latest')
  expect(diff.status).toBe(1)
  expect(diff.stdout).toMatch(/^ld\.so: R_X86_64_COPY +no: fails +→ +yes$/m)
  expect(diff.stdout).toMatch(/^dlopen +stub +→ +implemented$/m)
})

it('knows full: every symbol and ability of the model', () => {
  expect(show('full', 'dladdr').stdout).toMatch(/^dladdr at full: implemented\nld\.so at full, dladdr: yes\n/)
  expect(surface('diff', 'full', 'full')).toMatchObject({ status: 0, stdout: 'no difference\n' })
})

it('says which snapshot stands for a date after all of them', () => {
  const { status, stderr } = show('2999-01-01', 'malloc')
  expect([status, stderr]).toEqual([0, `note: nothing is recorded after ${newest()}, which stands for 2999-01-01\n`])
  expect(show(newest(), 'malloc').stderr).toBe('')
})

it('says so where a folder is to be imported', () => {
  expect(surface('import', tmpdir())).toMatchObject({
    status: 2,
    stderr: `bootgraph: ${tmpdir()}: is a folder; expected a libc.so or libc.a\n`,
  })
})
