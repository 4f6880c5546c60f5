import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sha256 } from '../sha256.ts'
import { folderStore } from './folder.ts'
import { memoryStore } from './memory.ts'
import { importFolder, listTree, materialise, TreeBuilder, TreeReader } from './tree-io.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tree-'))
  mkdirSync(join(folder, 'in', 'usr', 'bin'), { recursive: true })
  mkdirSync(join(folder, 'in', 'usr', 'share', 'doc'), { recursive: true })
  mkdirSync(join(folder, 'in', 'empty'))
  writeFileSync(join(folder, 'in', 'usr', 'bin', 'tool'), 'elf')
  chmodSync(join(folder, 'in', 'usr', 'bin', 'tool'), 0o755)
  writeFileSync(join(folder, 'in', 'usr', 'share', 'doc', 'x'), 'doc')
  symlinkSync('usr/bin', join(folder, 'in', 'bin'))
  symlinkSync('/bin/tool', join(folder, 'in', 'abs'))
  symlinkSync('loop', join(folder, 'in', 'loop'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const skip = (path: string) => path === 'usr/share/doc'

test('a folder goes in and comes out the same, whatever its times', async () => {
  const store = folderStore(join(folder, 'store'))
  const builder = new TreeBuilder()
  await importFolder(store, join(folder, 'in'), builder, { skip })
  const tree = await builder.store(store)
  await materialise(store, tree, join(folder, 'out'))
  expect(readFileSync(join(folder, 'out/usr/bin/tool'), 'utf8')).toBe('elf')
  expect(statSync(join(folder, 'out/usr/bin/tool')).mode & 0o111).toBe(0o111)
  expect(readlinkSync(join(folder, 'out/abs'))).toBe('/bin/tool')
  utimesSync(join(folder, 'out/usr/bin/tool'), 1, 1)
  const again = new TreeBuilder()
  await importFolder(store, join(folder, 'out'), again)
  expect(await again.store(store)).toBe(tree)
  const paths: string[] = []
  for await (const { path } of listTree(store, tree)) paths.push(path)
  expect(paths).toEqual(['abs', 'bin', 'empty', 'loop', 'usr', 'usr/bin', 'usr/bin/tool', 'usr/share'])
})

test('links are taken as links wherever they lead, pipes and sockets not at all', async () => {
  const store = memoryStore()
  writeFileSync(join(folder, 'secret'), 'of the host')
  symlinkSync('../../secret', join(folder, 'in', 'out-of-it'))
  symlinkSync(join(folder, 'secret'), join(folder, 'in', 'absolute'))
  symlinkSync('/', join(folder, 'in', 'everything'))
  execFileSync('mkfifo', [join(folder, 'in', 'pipe')])
  const socket = createServer()
  await new Promise<void>((resolve) => socket.listen(join(folder, 'in', 'socket'), resolve))
  const builder = new TreeBuilder()
  await importFolder(store, join(folder, 'in'), builder)
  await new Promise((resolve) => socket.close(resolve))
  const tree = await builder.store(store)
  const entries = new Map<string, string>()
  for await (const { path, entry } of listTree(store, tree)) entries.set(path, entry.kind)
  expect(['out-of-it', 'absolute', 'everything', 'pipe', 'socket'].map((path) => entries.get(path))).toEqual([
    'symlink',
    'symlink',
    'symlink',
    undefined,
    undefined,
  ])
  expect(entries.has('everything/etc')).toBe(false)
  expect(await store.has(sha256(new TextEncoder().encode('of the host')))).toBe(false)
})

test('a reader looks up lazily and follows links within the tree only', async () => {
  const store = folderStore(join(folder, 'store'))
  const builder = new TreeBuilder()
  await importFolder(store, join(folder, 'in'), builder)
  const reader = new TreeReader(join(folder, 'store'), await builder.store(store))
  expect(reader.lookup('/bin')?.kind).toBe('symlink')
  expect(reader.lookup('/bin/tool')).toBeUndefined()
  const tool = reader.resolve('/abs')
  expect(tool?.kind === 'file' && readFileSync(reader.blob(tool.digest), 'utf8')).toBe('elf')
  expect(reader.resolve('/../../bin/../bin/tool')).toEqual(tool)
  expect(reader.resolve('/loop')).toBeUndefined()
  expect(reader.resolve('/usr/bin/tool/x')).toBeUndefined()
})

test('materialising refuses a folder that holds something', async () => {
  const store = memoryStore()
  const tree = await new TreeBuilder().store(store)
  await expect(materialise(store, tree, join(folder, 'in'))).rejects.toThrow(/not empty/)
})

test('a damaged directory object is no tree', async () => {
  const store = memoryStore()
  const { digest } = await store.put(new TextEncoder().encode('{"entries":[{"kind":"symlink","name":"../x","target":"y"}]}'))
  await expect(materialise(store, digest, join(folder, 'out'))).rejects.toMatchObject({ fault: 'corrupt' })
})

test('the last one set wins, a directory set again is kept', async () => {
  const store = memoryStore()
  const builder = new TreeBuilder()
  builder.setSymlink('a/b', 'x')
  builder.setDirectory('a')
  expect(builder.at('a/b')).toMatchObject({ kind: 'symlink' })
  builder.setSymlink('a', 'y')
  expect(builder.at('a/b')).toBeUndefined()
  const paths: string[] = []
  for await (const { path } of listTree(store, await builder.store(store))) paths.push(path)
  expect(paths).toEqual(['a'])
})
