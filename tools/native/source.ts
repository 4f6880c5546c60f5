/** Crates of the compiler's source package as folders of the host, and digests of what came out of them. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { folderStore, materialise, TreeReader } from '@bootgraph/build-graph/store'
import { defaultPlace, installToolchain } from '@bootgraph/rustc-bootstrap'

/** Writes folders of the source, which is installed on first use. */
export async function openSource(): Promise<(folder: string, into: string) => Promise<void>> {
  const place = defaultPlace()
  const { reference } = await installToolchain('rustc-source')
  const reader = new TreeReader(place.store, reference.tree)
  return async (folder, into) => {
    const entry = reader.lookup(folder)
    if (entry?.kind !== 'directory') throw new Error(`the source has no folder ${folder}`)
    await materialise(folderStore(place.store), entry.digest, into)
  }
}

/** SHA-256 of a folder's files by name. */
export const digests = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
      ]),
  )
