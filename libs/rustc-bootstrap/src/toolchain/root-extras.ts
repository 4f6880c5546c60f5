/**
 * What a root needs beside packages: a user, name look-up files, and the folders that the node mounts over or programs
 * expect. /proc, /dev and /tmp are only mount points here; the kernel serves them.
 */
import type { Store, TreeBuilder } from '@bootgraph/build-graph/store'
import { USR_MERGE } from './unpack.ts'

const FILES: Readonly<Record<string, string>> = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n',
  'etc/group': 'root:x:0:\nuser:x:1000:\n',
  'etc/hostname': 'redox\n',
  'etc/hosts': '127.0.0.1 localhost\n',
}

const FOLDERS = ['tmp', 'proc', 'dev', 'home/user', 'root', 'var/tmp', 'usr/local/bin', 'usr/sbin', 'usr/lib64'] as const

/** Adds them where nothing is yet. */
export async function addRootExtras(store: Store, builder: TreeBuilder): Promise<void> {
  for (const folder of FOLDERS) if (builder.at(folder) === undefined) builder.setDirectory(folder)
  for (const [path, target] of USR_MERGE) if (builder.at(path) === undefined) builder.setSymlink(path, target)
  for (const [path, text] of Object.entries(FILES)) {
    if (builder.at(path) !== undefined) continue
    const { digest, size } = await store.put(new TextEncoder().encode(text))
    builder.setFile(path, digest, size, false)
  }
}
