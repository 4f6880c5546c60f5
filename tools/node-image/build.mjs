/**
 * Builds the node image: all bundles, a manifest, and a folder named by the manifest's digest below the data folder.
 * Prints the digest. `dist/node-image.json` names the newest image for the command line in this checkout.
 */
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BUNDLES, bundle } from './bundle.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const bundles = join(root, 'dist', 'bundles')
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')

export async function buildImage() {
  mkdirSync(bundles, { recursive: true })
  await Promise.all(Object.keys(BUNDLES).map(bundle))
  const files = Object.values(BUNDLES)
    .flatMap(Object.keys)
    .sort()
    .map((name) => `${name}.cjs`)
  const manifest = JSON.stringify({
    bundles: Object.fromEntries(files.map((file) => [file, sha256(readFileSync(join(bundles, file)))])),
    entry: 'redox-node.cjs',
    version: 1,
  })
  const digest = sha256(manifest)
  const images = join(root, 'dist', 'images')
  const folder = join(images, digest)
  if (!existsSync(folder)) {
    const staging = `${folder}.${process.pid}`
    mkdirSync(staging, { recursive: true })
    for (const file of files) copyFileSync(join(bundles, file), join(staging, file))
    writeFileSync(join(staging, 'image.json'), manifest)
    try {
      renameSync(staging, folder)
    } catch (error) {
      if (!existsSync(folder)) throw error
    }
  }
  const newest = join(root, 'dist', 'node-image.json')
  writeFileSync(`${newest}.${process.pid}`, `${JSON.stringify({ digest, folder: join('dist', 'images', digest) })}\n`)
  renameSync(`${newest}.${process.pid}`, newest)
  return digest
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await buildImage())
