/** Registers the node image that this checkout was set up with; as a program, at BOOTGRAPH_URL with BOOTGRAPH_TOKEN, which needs admin scope. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Client, client } from './client.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

export async function registerImage(api: Client): Promise<string> {
  const { digest, folder } = JSON.parse(readFileSync(join(root, 'dist', 'node-image.json'), 'utf8')) as { digest: string; folder: string }
  for (const name of readdirSync(join(root, folder))) await api.putBlob(readFileSync(join(root, folder, name)))
  await api.put(`/node-images/${digest}`)
  return digest
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { BOOTGRAPH_URL: url, BOOTGRAPH_TOKEN: token } = process.env
  if (!url || !token) throw new Error('set BOOTGRAPH_URL and BOOTGRAPH_TOKEN')
  process.stdout.write(`${await registerImage(client(url, token))} is registered\n`)
}
