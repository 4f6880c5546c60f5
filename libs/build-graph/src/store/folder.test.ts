import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CONFORMANCE } from './conformance.ts'
import { blobPath, folderStore } from './folder.ts'
import { StoreError } from './store.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test.each(CONFORMANCE)('$name', async ({ run }) => {
  await run(folderStore(folder))
  const incoming = join(folder, 'incoming')
  expect(existsSync(incoming) ? readdirSync(incoming) : []).toEqual([])
})

const blob = new TextEncoder().encode('some content')

test('a disk that writes short is asked again', async () => {
  const store = folderStore(folder, {
    openForWriting: async (path) => {
      const file = await open(path, 'wx')
      const write = ((data: Uint8Array, at: number, length: number) => file.write(data, at, Math.min(length, 3))) as typeof file.write
      return { write, sync: () => file.sync(), close: () => file.close() }
    },
  })
  const { digest } = await store.put(blob)
  expect([...(await store.get(digest))]).toEqual([...blob])
})

test.each([['write'], ['sync']] as const)('a full disk at %s leaves nothing behind', async (when) => {
  const full = async () => {
    throw Object.assign(new Error('full'), { code: 'ENOSPC' })
  }
  const store = folderStore(folder, {
    openForWriting: async (path) => {
      const file = await open(path, 'wx')
      const write = (when === 'write' ? full : file.write.bind(file)) as typeof file.write
      return { write, sync: when === 'sync' ? full : () => file.sync(), close: () => file.close() }
    },
  })
  await expect(store.put(blob)).rejects.toMatchObject({ fault: 'no-space' })
  expect(readdirSync(join(folder, 'incoming'))).toEqual([])
  expect(readdirSync(folder)).toEqual(['incoming'])
})

test('damage on the disk is found when read, whole or in pieces', async () => {
  const store = folderStore(folder)
  const { digest } = await store.put(blob)
  writeFileSync(blobPath(folder, digest), 'someone wrote here')
  await expect(store.get(digest)).rejects.toMatchObject({ fault: 'corrupt' })
  const read = async () => {
    for await (const piece of store.read(digest)) expect(piece.length).toBe(0)
  }
  await expect(read()).rejects.toBeInstanceOf(StoreError)
  await store.put(blob)
  expect([...(await store.get(digest))]).toEqual([...blob])
})
