import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listTree, memoryStore, type Store, TreeBuilder } from '@bootgraph/build-graph/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addRootExtras } from './root-extras.ts'
import { guestPath, unpackPackage } from './unpack.ts'

test.each([
  ['./usr/bin/x', 'usr/bin/x'],
  ['./lib/x86_64-linux-gnu/libz.so.1', 'usr/lib/x86_64-linux-gnu/libz.so.1'],
  ['/bin/dash', 'usr/bin/dash'],
  ['./', ''],
])('%s is unpacked as %s', (name, path) => expect(guestPath(name)).toBe(path))

test('a path that leaves the tree is refused', () => {
  expect(() => guestPath('./usr/../../etc/passwd')).toThrow(/leaves its tree/)
})

const hasDpkg = ((): boolean => {
  try {
    execFileSync('dpkg-deb', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

describe.skipIf(!hasDpkg)('a package', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'deb-'))
    const root = join(folder, 'root')
    for (const d of ['DEBIAN', 'bin', 'usr/share/doc/x']) mkdirSync(join(root, d), { recursive: true })
    writeFileSync(join(root, 'DEBIAN/control'), 'Package: x\nVersion: 1\nArchitecture: all\nMaintainer: t <t@t>\nDescription: t\n')
    writeFileSync(join(root, 'bin/dash'), 'shell', { mode: 0o755 })
    linkSync(join(root, 'bin/dash'), join(root, 'bin/same'))
    symlinkSync('dash', join(root, 'bin/sh'))
    writeFileSync(join(root, 'usr/share/doc/x/copyright'), 'words')
    utimesSync(join(root, 'bin/dash'), 1e9, 1e9)
    execFileSync('dpkg-deb', ['--build', root, join(folder, 'x.deb')], { stdio: 'ignore' })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('becomes a tree with links, modes and no documents', async () => {
    const store: Store = memoryStore()
    const builder = new TreeBuilder()
    await unpackPackage(join(folder, 'x.deb'), store, builder, ['usr/share/doc'])
    await addRootExtras(store, builder)
    expect(builder.at('usr/bin/dash')).toMatchObject({ kind: 'file', size: 5, executable: true })
    expect(builder.at('usr/bin/same')).toMatchObject({ kind: 'file', size: 5, executable: true })
    expect(builder.at('usr/bin/sh')).toMatchObject({ kind: 'symlink', target: 'dash' })
    expect(builder.at('bin')).toMatchObject({ kind: 'symlink', target: 'usr/bin' })
    expect(builder.at('usr/share/doc')).toBeUndefined()
    const paths: string[] = []
    for await (const { path } of listTree(store, await builder.store(store))) paths.push(path)
    expect(paths).toContain('etc/passwd')
  })

  test('that is none is an error of one line', async () => {
    writeFileSync(join(folder, 'bad.deb'), 'no archive')
    const unpacking = unpackPackage(join(folder, 'bad.deb'), memoryStore(), new TreeBuilder(), [])
    await expect(unpacking).rejects.toThrow(/^dpkg-deb failed \(exit 2\): .*bad\.deb/)
  })
})
