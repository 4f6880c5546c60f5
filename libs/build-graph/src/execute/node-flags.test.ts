import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Files, nodeFlags } from './node-flags.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bootgraph-fence-')))
const at = (...names: string[]) => join(folder, ...names)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Names what each attempt came to, on the main thread and on a second one. */
const ATTEMPTS = `
const fs = require('node:fs')
const { isMainThread, parentPort, Worker } = require('node:worker_threads')
const places = JSON.parse(process.argv[2])
const tried = (work) => { try { work(); return 'done' } catch (error) { return error.code } }
const all = () => ({
  spawn: tried(() => require('node:child_process').spawnSync('true')),
  binding: tried(() => process.binding('spawn_sync')),
  addon: tried(() => process.dlopen({ exports: {} }, '/none.node')),
  inspector: tried(() => new (require('node:inspector').Session)().connect()),
  memory: tried(() => fs.closeSync(fs.openSync('/proc/self/mem', 'r+'))),
  flags: tried(() => require('node:v8').setFlagsFromString('--allow-natives-syntax')),
  read: places.map((place) => tried(() => fs.readdirSync(place))),
  write: places.map((place) => tried(() => fs.writeFileSync(place + '/made', ''))),
  link: tried(() => fs.symlinkSync('/', places[0] + '/link' + isMainThread)),
})
if (!isMainThread) parentPort.postMessage(all())
else new Worker(__filename, { argv: process.argv.slice(2) }).on('message', (other) => console.log(JSON.stringify([all(), other])))
`
beforeAll(() => {
  for (const name of ['image', 'root', 'mount', 'outputs', 'cache', 'other']) mkdirSync(at(name))
  writeFileSync(at('image', 'main.cjs'), ATTEMPTS)
})

function attempts(request: Files, ...places: string[]) {
  const flags = nodeFlags(at('image'), request)
  const options = { encoding: 'utf8', env: {} } as const
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, at('image', 'main.cjs'), JSON.stringify(places)], options)
  expect(stderr).toBe('')
  const [main, other] = JSON.parse(stdout)
  return { main, other }
}

const DENIED = 'ERR_ACCESS_DENIED'
const NEVER = { spawn: DENIED, binding: DENIED, addon: 'ERR_DLOPEN_DISABLED', inspector: DENIED, flags: 'done' }

test('a process with these flags starts no program and sees the files of its request alone, on every thread', () => {
  const request: Files = {
    roots: [{ folder: at('root') }],
    mounts: [{ host: at('mount'), guest: '/mount', writable: false }],
    cache: at('cache'),
    outputs: { paths: [], folder: at('outputs') },
  }
  const seen = attempts(request, at('outputs'), at('cache'), at('root'), at('mount'), at('image'), at('other'), '/etc')
  const expected = {
    ...NEVER,
    memory: DENIED,
    read: ['done', 'done', 'done', 'done', 'done', DENIED, DENIED],
    write: ['done', 'done', DENIED, DENIED, DENIED, DENIED, DENIED],
    link: DENIED,
  }
  expect(seen).toEqual({ main: expected, other: expected })
})

test('the whole of the host as a root is seen, and nothing of it is written', () => {
  const { main, other } = attempts({ roots: [{ folder: '/' }], mounts: [], cache: at('cache') }, '/etc', at('other'), at('cache'))
  const expected = { ...NEVER, memory: DENIED, read: ['done', 'done', 'done'], write: [DENIED, DENIED, 'done'], link: DENIED }
  expect([main, other]).toEqual([expected, expected])
})

test('a folder that is mounted writable is one more, and no link is made in it but by the parent', () => {
  const request: Files = { roots: [], mounts: [{ host: at('mount'), guest: '/mount', writable: true }] }
  const { main, other } = attempts(request, at('mount'), at('other'))
  const expected = { ...NEVER, memory: DENIED, read: ['done', DENIED], write: ['done', DENIED], link: DENIED }
  expect([main, other]).toEqual([expected, expected])
})

test.each([
  [['root', 'root/in', 'root']],
  [['root', 'roots', 'roots/x']],
  [['a', 'ab', 'abc', 'b']],
  [['mount', 'mount/a/b', 'mounts', 'image']],
])('Node takes %j and shows each', (names) => {
  const flags = nodeFlags(at('image'), { roots: names.map((name) => ({ folder: at(name) })), mounts: [] })
  const paths = names.flatMap((name) => [at(name), at(name, 'x'), at(name, 'x', 'y')])
  const program = `process.stdout.write(JSON.stringify(${JSON.stringify(paths)}.filter((path) => !process.permission.has('fs.read', path))))`
  writeFileSync(at('image', 'ask.cjs'), program)
  expect(execFileSync(process.execPath, [...flags, at('image', 'ask.cjs')], { encoding: 'utf8' })).toBe('[]')
})

test.each([
  ['18.20.0', undefined],
  ['20.19.0', '--experimental-permission'],
  ['22.12.0', '--experimental-permission'],
  ['22.13.0', '--permission'],
  ['24.0.0', '--permission'],
  ['25.1.0', '--permission'],
])('Node %s is told %s', (version, flag) => {
  const flags = nodeFlags(at('image'), { roots: [], mounts: [] }, version)
  expect(flags).toContain('--no-warnings')
  expect(flags.find((each) => each.endsWith('permission'))).toBe(flag)
  expect(flags.some((each) => each.startsWith('--allow'))).toBe(flag !== undefined)
})
