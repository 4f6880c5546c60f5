/** What a program left in the guest's files, copied to the host when it has ended. No link is followed, and none is made: the process may not. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Inode } from '@bootgraph/kernel'

const PIECE = 1 << 20

/** A symbolic link that was found, by its guest path. */
type Link = (path: string, target: string) => void

/**
 * Copies each guest path that exists to `folder/<path>`; `folder` is the host's and empty. Files of more than `limit` bytes are left out: nearly
 * all hole, they would fill the host's disk.
 */
export function copyOut(root: Inode, paths: readonly string[], folder: string, limit: number, link: Link): void {
  for (const path of paths) {
    const names = path.split('/').filter(Boolean)
    const found = names.reduce<Inode | undefined>((at, name) => (at?.isDirectory ? at.children.get(name) : undefined), root)
    if (found === undefined || found === root) continue
    mkdirSync(join(folder, ...names.slice(0, -1)), { recursive: true })
    copy(found, folder, `/${names.join('/')}`, limit, link)
  }
}

function copy(inode: Inode, folder: string, path: string, limit: number, link: Link): void {
  const host = join(folder, path)
  if (inode.isDirectory) {
    mkdirSync(host, { recursive: true })
    for (const [name, child] of inode.children) copy(child, folder, `${path}/${name}`, limit, link)
  } else if (inode.isLink) link(path, inode.target)
  else if (inode.isFile && inode.size() <= limit) copyFile(inode, host)
}

function copyFile(inode: Inode, host: string): void {
  const fd = openSync(host, 'wx', inode.mode & 0o100 ? 0o755 : 0o644)
  try {
    const piece = new Uint8Array(Math.min(PIECE, Math.max(1, inode.size())))
    for (let at = 0; ; ) {
      const count = inode.read(piece, at)
      if (count <= 0) break
      for (let done = 0; done < count; ) done += writeSync(fd, piece, done, count - done)
      at += count
    }
  } finally {
    closeSync(fd)
  }
}
