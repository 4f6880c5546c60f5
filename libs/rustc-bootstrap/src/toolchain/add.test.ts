import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { blobPath, folderStore, TreeBuilder, TreeReader } from '@bootgraph/build-graph/store'
import { makeSharedObject } from '@bootgraph/ld-so/elf'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addToolchain } from './add.ts'
import { type Place, writeReference } from './reference.ts'
import { verifyToolchain } from './verify.ts'

const PROGRAM = makeSharedObject({ soname: 'x', functions: [], objects: [] })
const HOST = 'lib/rustlib/x86_64-unknown-linux-gnu/lib/libcore.rlib'
let place: Place
let folder: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'add-'))
  place = { data: join(folder, 'data'), store: join(folder, 'data', 'store') }
  const store = folderStore(place.store)
  const builder = new TreeBuilder()
  const { digest, size } = await store.put(new TextEncoder().encode('base'))
  builder.setFile('usr/lib/libbase.so', digest, size, false)
  const base = await builder.store(store)
  writeReference(
    {
      version: 1,
      name: 'debian',
      title: 'd',
      kind: 'packages',
      tree: base,
      base,
      packages: [],
      files: 1,
      bytes: 4,
      path: ['/usr/bin'],
      libraryPath: ['/usr/lib'],
    },
    place,
  )
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(name: string, content: Uint8Array | string = 'content'): void {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content, { mode: 0o755 })
}

test('a rustup toolchain is one folder, upon the base', async () => {
  write('rustup/bin/rustc', PROGRAM)
  write(`rustup/${HOST}`)
  write('rustup/share/doc/book.html')
  write('rustup/lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld', PROGRAM)
  const { tree, files, bytes } = await addToolchain('one', join(folder, 'rustup'), { place })
  const reader = new TreeReader(place.store, tree)
  for (const path of ['usr/bin/rustc', `usr/${HOST}`, 'usr/lib/libbase.so']) expect(reader.lookup(path)?.kind, path).toBe('file')
  expect(reader.lookup('usr/share/doc/book.html')).toBeUndefined()
  expect(reader.lookup('usr/bin/ld.lld')).toMatchObject({ kind: 'symlink', target: '../lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld' })
  expect(await verifyToolchain('one', { place })).toEqual({ name: 'one', files, bytes, faults: [] })
})

test('a toolchain that is added again is whole again', async () => {
  write('rustup/bin/rustc', PROGRAM)
  write(`rustup/${HOST}`)
  const { tree } = await addToolchain('one', join(folder, 'rustup'), { place })
  const file = new TreeReader(place.store, tree).lookup('usr/bin/rustc')
  if (file?.kind !== 'file') throw new Error('no rustc')
  writeFileSync(blobPath(place.store, file.digest), PROGRAM.slice().fill(1))
  expect((await verifyToolchain('one', { place })).faults).toMatchObject([{ path: 'usr/bin/rustc' }])
  expect((await addToolchain('one', join(folder, 'rustup'), { place })).tree).toBe(tree)
  expect((await verifyToolchain('one', { place })).faults).toEqual([])
})

test('a tarball is its components upon one another, without documents and whatever lies outside of it', async () => {
  write('tarball/components', 'rustc\nrust-std-x86_64-unknown-linux-gnu\ncargo\nrust-docs\n../rustup\n')
  write('tarball/rustc/bin/rustc', PROGRAM)
  write('tarball/rustc/manifest.in')
  write(`tarball/rust-std-x86_64-unknown-linux-gnu/${HOST}`)
  write('tarball/cargo/bin/cargo', PROGRAM)
  write('tarball/rust-docs/share/page.html')
  write('rustup/bin/stranger')
  const { tree } = await addToolchain('two', join(folder, 'tarball'), { place })
  const reader = new TreeReader(place.store, tree)
  for (const path of ['usr/bin/rustc', 'usr/bin/cargo', `usr/${HOST}`]) expect(reader.lookup(path)?.kind, path).toBe('file')
  for (const path of ['usr/share/page.html', 'usr/manifest.in', 'usr/bin/stranger']) expect(reader.lookup(path), path).toBeUndefined()
})

test.each([
  ['no compiler', [], /holds no bin\/rustc/],
  ['a compiler that is a text', [['x/bin/rustc', '#!/bin/sh\n']], /not a usable ELF file/],
  ["rustup's proxy, with no library", [['x/bin/rustc', PROGRAM]], /holds no lib\/rustlib/],
] as const)('%s is refused in one line', async (_, files, message) => {
  mkdirSync(join(folder, 'x'))
  for (const [name, content] of files) write(name, content)
  await expect(addToolchain('three', join(folder, 'x'), { place })).rejects.toThrow(message)
})
