/** Nothing of the host leaks in: what a run is made of, and that it depends on it. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Digest, NodeReport } from '@bootgraph/build-graph'
import { TreeReader } from '@bootgraph/build-graph/store'
import { readHeader, readSections, readSymbols, Sht } from '@bootgraph/ld-so/elf'
import { resolveToolchain } from '@bootgraph/rustc-bootstrap'
import { afterAll, describe, expect, it } from 'vitest'

const bootgraph = fileURLToPath(new URL('../bin/bootgraph.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'bootgraph-leaks-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const cli = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bootgraph, ...args], { encoding: 'utf8', timeout: 120_000 })
  return { status, stdout, stderr }
}
function reported(...args: string[]): NodeReport {
  const file = join(folder, 'report.json')
  cli('run', '--report', file, ...args, '--', 'rustc', '--version')
  return JSON.parse(readFileSync(file, 'utf8')) as NodeReport
}

const tree = resolveToolchain('debian').roots.flatMap((root) => ('tree' in root ? [new TreeReader(root.store, root.tree)] : []))
/** Digest of every file of the toolchain's tree, by path. */
const files = new Map<string, Digest>()
const walk = (reader: TreeReader, path: string): void => {
  const entry = reader.lookup(path)
  if (entry?.kind !== 'directory') return
  for (const [name, child] of reader.directory(entry.digest)) {
    if (child.kind === 'directory') walk(reader, path === '' ? name : `${path}/${name}`)
    else if (child.kind === 'file') files.set(path === '' ? name : `${path}/${name}`, child.digest)
  }
}
for (const reader of tree) walk(reader, '')

describe('a run of rustc', () => {
  it.each(['dynamic', 'static'])('is made of files of the toolchain and of what was made for it, nothing else (%s)', (linkage) => {
    const { linkMap, exit } = reported('--linkage', linkage)
    expect(exit.code).toBe(0)
    const known = new Set<string>(files.values())
    expect(linkMap.filter(({ digest, origin }) => origin === 'file' && !known.has(digest))).toEqual([])
    expect(linkMap.filter(({ origin }) => origin === 'made').map(({ path }) => path)).toEqual(
      linkage === 'static' ? ['/usr/bin/rustc', '/lib/libc.so.6'] : ['/lib/libc.so.6'],
    )
    expect(linkMap.filter(({ origin }) => origin === 'file').length).toBeGreaterThan(10)
    for (const { path } of linkMap) expect(path).not.toMatch(/\/(ld-linux-x86-64|libm|libpthread|libdl|librt)\.so/)
  })

  it.each(['dynamic', 'static'])('fails with a damaged function in librustc_driver (%s)', (linkage) => {
    const [path, digest] = [...files].find(([name]) => /\/librustc_driver-[^/]*\.so$/.test(name)) ?? []
    if (path === undefined || digest === undefined) throw new Error('the toolchain has no librustc_driver')
    const reader = tree.find((each) => each.lookup(path)?.kind === 'file')
    const bytes = new Uint8Array(readFileSync(reader?.blob(digest) ?? ''))
    const header = readHeader(path, bytes)
    const sections = header.ok ? readSections(path, bytes, header.value) : header
    const symbols = sections.ok ? readSymbols(path, bytes, sections.value, Sht.dynsym) : sections
    if (!sections.ok || !symbols.ok) throw new Error('librustc_driver cannot be read')
    const main = symbols.value.names.findIndex((name) => /^_R.*12rustc_driver4main$/.test(name))
    const address = symbols.value.value[main]
    const text = sections.value.find((each) => address >= each.address && address < each.address + each.size)
    if (main < 0 || text === undefined) throw new Error('librustc_driver has no main')
    bytes.set([0x0f, 0x0b], text.offset + address - text.address)
    writeFileSync(join(folder, path.split('/').at(-1) ?? ''), bytes)
    const { exit, linkMap } = reported('--linkage', linkage, '--mount', `${folder}:/damaged`, '--env', 'LD_LIBRARY_PATH=/damaged')
    expect([exit.reason, exit.signal]).toEqual(['signal', 4])
    expect(linkMap.map((each) => each.digest)).toContain(createHash('sha256').update(bytes).digest('hex'))
  })
})

describe('a surface that somebody built', () => {
  const names: string[] = []
  afterAll(() => {
    for (const name of names) rmSync(importedAs.get(name) ?? '', { force: true })
  })
  const importedAs = new Map<string, string>()
  const take = (file: string, name: string): void => {
    names.push(name)
    const { file: kept } = JSON.parse(cli('surface', 'import', file, '--name', name, '--json').stdout) as { file: string }
    importedAs.set(name, kept)
  }
  const gapsWith = (surface: string, mode: string) => {
    const { gaps, exit } = reported('--surface', surface, '--mode', mode)
    return { exit, gaps: gaps.map(({ truth, component, kind, name }) => `${truth} ${component} ${kind} ${name}`) }
  }

  it.each(['libc.so', 'libc.a'])('misses exactly the symbol that was taken from %s', (library) => {
    expect(cli('sysroot', folder, '--surface', 'full').status).toBe(0)
    const whole = `test-whole-${process.pid}`
    const less = `test-less-${process.pid}`
    take(join(folder, library), whole)
    const bytes = readFileSync(join(folder, library))
    const renamed = Buffer.from(bytes.toString('latin1').replaceAll('\0getcwd\0', '\0getcwX\0'), 'latin1')
    expect(renamed.equals(bytes)).toBe(false)
    writeFileSync(join(folder, `renamed-${library}`), renamed)
    take(join(folder, `renamed-${library}`), less)
    const before = gapsWith(whole, 'bridge')
    const after = gapsWith(less, 'bridge')
    expect(after.exit.code).toBe(0)
    expect(after.gaps.filter((gap) => !before.gaps.includes(gap))).toEqual(['upstream relibc symbol-missing getcwd'])
    expect(before.gaps.filter((gap) => !after.gaps.includes(gap))).toEqual([])
    const { status, stdout } = cli('surface', 'diff', whole, less)
    expect([
      status,
      stdout
        .trim()
        .split('\n')
        .map((line) => line.replace(/ +/g, ' ')),
    ]).toEqual([1, ['getcwX absent → implemented', 'getcwd implemented → absent']])
  })

  it('is refused by name when it is none, and nothing is kept', () => {
    writeFileSync(join(folder, 'text'), 'no library\n')
    for (const [file, name] of [
      ['text', 'mine'],
      ['nothing', 'mine'],
      ['libc.so', 'latest'],
      ['libc.so', '../mine'],
    ]) {
      const { status, stderr } = cli('surface', 'import', join(folder, file), '--name', name)
      expect(status).toBe(2)
      expect(stderr.trim().split('\n')).toHaveLength(1)
    }
    expect(cli('run', '--surface', 'mine', '--', 'rustc').stderr).toContain('"mine" is no surface')
  })
})
