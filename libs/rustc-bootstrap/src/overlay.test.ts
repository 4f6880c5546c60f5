import type { Digest } from '@bootgraph/build-graph'
import { listTree, memoryStore, TreeBuilder } from '@bootgraph/build-graph/store'
import { expect, test } from 'vitest'
import { makeOverlay, OVERLAYS } from './overlay.ts'

const store = memoryStore()

async function sources(paths: readonly string[]): Promise<Digest> {
  const builder = new TreeBuilder()
  for (const path of paths) {
    const { digest, size } = await store.put(Buffer.from(`// ${path}\n`))
    builder.setFile(path, digest, size, false)
  }
  return builder.store(store)
}

test.each(OVERLAYS.map(({ name }) => name))(
  'the overlay %s holds the changed files alone, what it adds behind what was there',
  async (name) => {
    const spec = OVERLAYS.find((each) => each.name === name)
    const changed = [...Object.keys(spec?.appended ?? {}), ...Object.keys(spec?.replaced ?? {})]
    const { tree } = await makeOverlay(store, name, await sources([...changed, 'vendor/other/lib.rs']))
    const files: Record<string, string> = {}
    for await (const { path, entry } of listTree(store, tree))
      if (entry.kind === 'file') files[path] = Buffer.from(await store.get(entry.digest)).toString()
    expect(Object.keys(files).sort()).toEqual([...changed].sort())
    for (const path of Object.keys(spec?.appended ?? {})) expect(files[path].startsWith(`// ${path}\n`)).toBe(true)
    for (const path of Object.keys(spec?.replaced ?? {})) expect(files[path]).not.toContain(`// ${path}`)
  },
)

test('an unknown overlay, and a source without its files, are refused in one line', async () => {
  await expect(makeOverlay(store, 'no-such', await sources([]))).rejects.toThrow('there is no overlay "no-such"')
  await expect(makeOverlay(store, OVERLAYS[0].name, await sources(['README.md']))).rejects.toThrow('which the source does not have')
  await expect(makeOverlay(store, OVERLAYS[0].name, undefined)).rejects.toThrow('does not build')
})
