/** A host folder as a layer of the guest's files; writable mounts pass changes on. Links are shown, never followed by the host. */
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import type { FileLayer, LayerEntry, LayerSink } from '@bootgraph/kernel'

/** Makes a symbolic link. Returns 0 or -errno. */
export type MakeLink = (target: string, path: string) => number

const ownLink: MakeLink = (target, path) => attempt(() => symlinkSync(target, path))

export function folderLayer(folder: string, writable: boolean, link = ownLink): FileLayer {
  const at = (path: string) => join(folder, path)
  const own = lstatSync(folder, { bigint: true, throwIfNoEntry: false })
  const layer: FileLayer = {
    readdir(path) {
      const out: LayerEntry[] = []
      for (const name of readdirSync(at(path)).sort()) {
        const full = join(at(path), name)
        const stat = lstatSync(full, { bigint: true, throwIfNoEntry: false })
        if (!stat) continue
        const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'dir' : stat.isSymbolicLink() ? 'link' : undefined
        if (kind === undefined) continue
        const entry = { name, kind, size: Number(stat.size), mode: Number(stat.mode & 0o7777n), mtime: stat.mtimeNs } as const
        out.push(kind === 'link' ? { ...entry, target: readlinkSync(full) } : entry)
      }
      return out
    },
    read: (path, offset, into) => readFileAt(at(path), offset, into),
    ...(own === undefined ? {} : { root: { mode: Number(own.mode & 0o7777n), mtime: own.mtimeNs } }),
  }
  return writable ? { ...layer, sink: folderSink(at, link) } : layer
}

export function readFileAt(path: string, offset: number, into: Uint8Array): number {
  const fd = openSync(path, 'r')
  try {
    return readAt(fd, offset, into)
  } finally {
    closeSync(fd)
  }
}
function readAt(fd: number, offset: number, into: Uint8Array): number {
  let done = 0
  for (let count = 1; count > 0 && done < into.length; done += count) count = readSync(fd, into, done, into.length - done, offset + done)
  return done
}

const open = new Map<string, number>()
/** A file to be read any time later, even if its name is gone by then; it stays open, once for all. */
export function keepOpen(path: string): (offset: number, into: Uint8Array) => void {
  let fd = open.get(path)
  if (fd === undefined) open.set(path, (fd = openSync(path, 'r')))
  return (offset, into) => {
    if (readAt(fd, offset, into) < into.length) throw new Error(`${path}: has become shorter than it was`)
  }
}

const seconds = (ns: bigint): number => Number(ns) / 1e9

/** A host error as the guest's -errno; Redox and Linux share the numbers. */
function attempt(action: () => void): number {
  try {
    action()
    return 0
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code as keyof typeof constants.errno | undefined
    return -((code !== undefined && constants.errno[code]) || constants.errno.EIO)
  }
}

function folderSink(at: (path: string) => string, link: MakeLink): LayerSink {
  const withFile = (path: string, action: (fd: number) => void) => {
    const fd = openSync(at(path), 'r+')
    try {
      action(fd)
    } finally {
      closeSync(fd)
    }
  }
  return {
    create: (path, mode) => attempt(() => closeSync(openSync(at(path), 'wx', mode))),
    mkdir: (path, mode) => attempt(() => mkdirSync(at(path), { mode })),
    symlink: (target, path) => link(target, at(path)),
    link: (from, to) => attempt(() => linkSync(at(from), at(to))),
    write: (path, offset, bytes) =>
      attempt(() =>
        withFile(path, (fd) => {
          for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, offset + done)
        }),
      ),
    truncate: (path, length) => attempt(() => withFile(path, (fd) => ftruncateSync(fd, length))),
    remove: (path, directory) => attempt(() => (directory ? rmdirSync(at(path)) : unlinkSync(at(path)))),
    rename: (from, to) => attempt(() => renameSync(at(from), at(to))),
    chmod: (path, mode) => attempt(() => chmodSync(at(path), mode)),
    utimens: (path, atime, mtime) => attempt(() => lutimesSync(at(path), seconds(atime), seconds(mtime))),
  }
}

export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
