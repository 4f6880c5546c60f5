/** A Debian package's files into a tree: no root, no times, no owners, usr-merged as an installed system is. */
import { Readable } from 'node:stream'
import type { Store, TreeBuilder } from '@bootgraph/build-graph/store'
import { extract } from 'tar-stream'
import { outputPieces } from './command.ts'
import { ToolchainError } from './toolchain-error.ts'

/** The links that make /bin and /lib names of what is below /usr. */
export const USR_MERGE: readonly (readonly [path: string, target: string])[] = [
  ['bin', 'usr/bin'],
  ['sbin', 'usr/sbin'],
  ['lib', 'usr/lib'],
  ['lib64', 'usr/lib64'],
]

/** Blobs in flight at once. */
const WIDTH = 24

export async function unpackPackage(path: string, store: Store, builder: TreeBuilder, leftOut: readonly string[]): Promise<void> {
  const archive = extract()
  const source = Readable.from(outputPieces('dpkg-deb', ['--fsys-tarfile', path]))
  source.on('error', (error) => archive.destroy(error)).pipe(archive)
  const flying = new Set<Promise<void>>()
  const hardLinks: [path: string, target: string][] = []
  for await (const entry of archive) {
    const { name, type, linkname, mode } = entry.header
    const guest = guestPath(name)
    const kept = guest !== '' && !leftOut.some((out) => guest === out || guest.startsWith(`${out}/`))
    if (kept && type === 'file') {
      const content = await whole(entry as AsyncIterable<Buffer>)
      const work = store.put(content).then(({ digest, size }) => {
        builder.setFile(guest, digest, size, ((mode ?? 0) & 0o100) !== 0)
      })
      const tracked: Promise<void> = work.finally(() => flying.delete(tracked))
      flying.add(tracked)
      if (flying.size >= WIDTH) await Promise.race(flying)
      continue
    }
    if (kept && type === 'symlink' && linkname) builder.setSymlink(guest, linkname)
    if (kept && type === 'link' && linkname) hardLinks.push([guest, guestPath(linkname)])
    entry.resume()
  }
  await Promise.all(flying)
  for (const [guest, target] of hardLinks) {
    const file = builder.at(target)
    if (typeof file !== 'object' || file.kind !== 'file')
      throw new ToolchainError(`${path}: ${guest} is a hard link to ${target}, which is not there`)
    builder.setFile(guest, file.digest, file.size, file.executable)
  }
}

/** `./lib/x` → `usr/lib/x`. @throws ToolchainError for a name that leaves the tree. */
export function guestPath(name: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) throw new ToolchainError(`an archive holds the path ${JSON.stringify(name)}, which leaves its tree`)
  if (USR_MERGE.some(([path]) => path === parts[0])) parts.unshift('usr')
  return parts.join('/')
}

async function whole(pieces: AsyncIterable<Buffer>): Promise<Uint8Array> {
  const parts: Buffer[] = []
  for await (const piece of pieces) parts.push(piece)
  return Buffer.concat(parts)
}
