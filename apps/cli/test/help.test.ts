/** Help and JSON of every verb, and what the shell is told of a toolchain that is there. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sha256 } from '@bootgraph/build-graph'
import { blobPath } from '@bootgraph/build-graph/store'
import { afterAll, beforeAll, expect, it } from 'vitest'

const bootgraph = fileURLToPath(new URL('../bin/bootgraph.mjs', import.meta.url))
const data = mkdtempSync(join(tmpdir(), 'bootgraph-help-'))

function cli(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bootgraph, ...args], {
    encoding: 'utf8',
    env: { ...process.env, BOOTGRAPH_DATA: data },
  })
  return { status, stdout, stderr }
}

/** Names of toolchains that are installed as far as anybody looks: reference and tree. */
beforeAll(() => {
  const content = new TextEncoder().encode('no files')
  const tree = sha256(content)
  const blob = blobPath(join(data, 'store'), tree)
  mkdirSync(dirname(blob), { recursive: true })
  writeFileSync(blob, content)
  mkdirSync(join(data, 'toolchains'))
  for (const [name, kind] of [
    ['debian', 'packages'],
    ['rustc-source', 'source'],
  ]) {
    const reference = {
      version: 1,
      name,
      title: `title of ${name}`,
      kind,
      tree,
      packages: [],
      files: 0,
      bytes: 0,
      path: [],
      libraryPath: [],
    }
    writeFileSync(join(data, 'toolchains', `${name}.json`), JSON.stringify(reference))
  }
})
afterAll(() => rmSync(data, { recursive: true }))

it.each(['run', 'scan', 'toolchain install', 'surface import'])('help %s is its own --help', (verb) => {
  const help = cli('help', ...verb.split(' '))
  expect(help).toEqual(cli(...verb.split(' '), '--help'))
  expect(help.stdout).toContain('--json')
})

it('the help of an install names what can be had', () => {
  const { stdout } = cli('toolchain', 'install', '--help')
  for (const name of ['debian:', 'debian-programs:', 'rustc-source:']) expect(stdout).toContain(name)
})

it('a release comes with the source of its compiler', () => {
  expect(cli('toolchain', 'install', 'debian').stdout).toMatch(/^already installed: debian .*\nalready installed: rustc-source .*\n$/)
  expect(cli('toolchain', 'install', 'debian', '--no-source').stdout).toMatch(/^already installed: debian .*\n$/)
  expect(JSON.parse(cli('toolchain', 'install', 'debian', '--json').stdout)).toMatchObject({
    name: 'debian',
    already: true,
    source: { name: 'rustc-source', already: true },
  })
})

it('a toolchain is forgotten, and that is told', () => {
  expect(cli('toolchain', 'remove', 'rustc-source', '--json')).toEqual({
    status: 0,
    stdout: '{\n  "name": "rustc-source"\n}\n',
    stderr: '',
  })
  const without = cli('toolchain', 'install', 'debian', '--mirror', 'http://127.0.0.1:9')
  expect([without.status, without.stdout]).toEqual([2, ''])
  expect(without.stderr).toMatch(/^bootgraph: debian is installed, its source is not: .*$/m)
  expect(cli('toolchain', 'remove', 'debian').stdout).toBe('debian is forgotten\n')
})
