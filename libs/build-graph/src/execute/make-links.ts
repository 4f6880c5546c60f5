/** Symbolic links in folders that are mounted writable: Node lets no process behind its permission model make one, so a node asks its parent. */
import type { ChildProcess } from 'node:child_process'
import { realpathSync, symlinkSync } from 'node:fs'
import { constants } from 'node:os'
import { basename, dirname, join, sep } from 'node:path'
import type { NodeEvent, NodeRequest } from '../node-contract.ts'

/** Answers what the node asks for. */
export function makeLinks(child: ChildProcess, { mounts }: Pick<NodeRequest, 'mounts'>): void {
  const folders = mounts.filter(({ writable }) => writable).map(({ host }) => host)
  child.on('message', (event: NodeEvent) => {
    // A node that is gone by now needs no answer.
    if (event.event === 'make-link') child.send({ linked: makeLink(folders, event.path, event.target) }, () => {})
  })
}

/** 0 or an errno. The node is not believed: where the link comes to lie, by whatever links lead there, has to be in one of the folders. */
export function makeLink(folders: readonly string[], path: string, target: string): number {
  try {
    const place = realpathSync(dirname(path))
    if (!folders.some((folder) => join(place, sep).startsWith(join(realpathSync(folder), sep)))) return constants.errno.EACCES
    symlinkSync(target, join(place, basename(path)))
    return 0
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return constants.errno[code as keyof typeof constants.errno] ?? constants.errno.EIO
  }
}
