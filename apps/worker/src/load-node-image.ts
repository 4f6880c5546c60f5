/** A node image by its digest: the manifest is the blob of that digest, each bundle a blob that it names. Never a static import. */
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Digest, isDigest, type NodeImageManifest } from '@bootgraph/build-graph'
import { InfraError, type NodeImage } from '@bootgraph/build-graph/execute'
import type { Store } from '@bootgraph/build-graph/store'
import type { ApiClient } from './api-client.ts'
import { fetchBlob } from './transfer.ts'

const BUNDLE = /^[a-z0-9][a-z0-9.-]{0,63}\.[cm]js$/

/** The folder named by the digest below `images`, made from verified blobs if it is not there. @throws InfraError */
export async function loadNodeImage(api: ApiClient, store: Store, images: string, digest: Digest): Promise<NodeImage> {
  await fetchBlob(api, store, digest)
  const bytes = await store.get(digest)
  const { bundles, entry } = JSON.parse(new TextDecoder().decode(bytes)) as NodeImageManifest
  const sound = Object.entries(bundles).every(([name, bundle]) => BUNDLE.test(name) && isDigest(bundle))
  if (!sound || !Object.hasOwn(bundles, entry)) throw new InfraError(`the node image ${digest} has a malformed manifest`)
  const folder = join(images, digest)
  if (!existsSync(folder)) {
    const staging = `${folder}.${process.pid}.${performance.now()}`
    await mkdir(staging, { recursive: true })
    for (const [name, bundle] of Object.entries(bundles)) {
      await fetchBlob(api, store, bundle)
      await writeFile(join(staging, name), await store.get(bundle))
    }
    await writeFile(join(staging, 'image.json'), bytes)
    await rename(staging, folder).catch(async (error: unknown) => {
      // Another action of this host was first.
      await rm(staging, { recursive: true, force: true })
      if (!existsSync(folder)) throw error
    })
  }
  return { folder, entry }
}
