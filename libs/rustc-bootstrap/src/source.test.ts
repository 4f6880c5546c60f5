import { type Digest, encodeDirectory } from '@bootgraph/build-graph'
import { listTree, memoryStore, TreeBuilder } from '@bootgraph/build-graph/store'
import { expect, test } from 'vitest'
import { prepareSource } from './source.ts'

const store = memoryStore()

async function tree(files: Readonly<Record<string, string>>): Promise<Digest> {
  const builder = new TreeBuilder()
  for (const [path, content] of Object.entries(files)) {
    const { digest, size } = await store.put(Buffer.from(content))
    builder.setFile(path, digest, size, false)
  }
  return builder.store(store)
}

test('the workspace names what is there, nothing is locked, and vendored files are not compared with old checksums', async () => {
  const prepared = await prepareSource(
    store,
    await tree({
      'Cargo.toml':
        '[workspace]\ndefault-members = ["a"]\nmembers = [\n  "compiler/rustc",\n  "src/tools/clippy",\n]\n\nexclude = ["obj"]\n',
      'Cargo.lock': 'version = 3\n',
      'library/std/Cargo.toml': '[package]\n',
      'vendor/libc/.cargo-checksum.json': '{"files":{"src/lib.rs":"00"},"package":"11"}',
      'vendor/libc/src/lib.rs': 'pub mod c;\n',
    }),
  )
  const files: Record<string, string> = {}
  for await (const { path, entry } of listTree(store, prepared))
    if (entry.kind === 'file') files[path] = Buffer.from(await store.get(entry.digest)).toString()
  expect(files).toMatchObject({
    'Cargo.toml': '[workspace]\nmembers = ["compiler/rustc", "library/std", "library/test"]\n\nexclude = ["obj"]\n',
    'library/std/Cargo.toml': '[package]\n',
    'vendor/libc/.cargo-checksum.json': '{"files":{},"package":"11"}',
    'vendor/libc/src/lib.rs': 'pub mod c;\n',
  })
  expect(Object.keys(files)).not.toContain('Cargo.lock')
  expect(files['.cargo/config.toml']).toContain('directory = "vendor"')
})

test('a tree that is no source of the compiler is refused', async () => {
  const { digest } = await store.put(encodeDirectory([]))
  await expect(prepareSource(store, digest)).rejects.toThrow('is no source of rustc')
})
