/**
 * The small things a program expects at `/` whatever its root tree holds: the layer below all others.
 * The devices of /dev, /proc and /scheme are the kernel's own; everything else is here, named and visible.
 */
import type { FileLayer, LayerEntry } from '@bootgraph/kernel'

/** Path → content, or undefined for a directory. */
const ESSENTIALS: Readonly<Record<string, string | undefined>> = {
  dev: undefined,
  'dev/shm': undefined,
  etc: undefined,
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n',
  'etc/group': 'root:x:0:\nuser:x:1000:\n',
  'etc/hostname': 'redox\n',
  'etc/hosts': '127.0.0.1 localhost redox\n',
  home: undefined,
  'home/user': undefined,
  root: undefined,
  tmp: undefined,
  var: undefined,
  'var/tmp': undefined,
}

export function essentials(): FileLayer {
  const encoder = new TextEncoder()
  const content = new Map(Object.entries(ESSENTIALS).map(([path, text]) => [path, text === undefined ? undefined : encoder.encode(text)]))
  return {
    readdir(path) {
      const prefix = path === '' ? '' : `${path}/`
      const out: LayerEntry[] = []
      for (const [full, bytes] of content) {
        const name = full.slice(prefix.length)
        if (!full.startsWith(prefix) || name === '' || name.includes('/')) continue
        const sticky = /(^|\/)(tmp|shm)$/.test(full)
        out.push({
          name,
          kind: bytes ? 'file' : 'dir',
          size: bytes?.length ?? 0,
          mode: bytes ? 0o644 : sticky ? 0o1777 : 0o755,
          mtime: 0n,
        })
      }
      return out
    },
    read(path, offset, into) {
      const bytes = content.get(path)?.subarray(offset, offset + into.length)
      if (!bytes) return 0
      into.set(bytes)
      return bytes.length
    },
  }
}
