/**
 * The small things a program expects at `/` whatever its root tree holds: the layer below all others.
 * /proc and /scheme are the kernel's own, and so is what the links of /dev stand for; everything else is here, named and visible.
 */
import { DEVICES, type FileLayer, type LayerEntry } from '@bootgraph/kernel'

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
  const links = new Map(Object.entries(DEVICES).map(([path, target]) => [path.slice(1), target]))
  const below = (full: string, folder: string): string | undefined => {
    const name = folder === '' ? full : full.startsWith(`${folder}/`) ? full.slice(folder.length + 1) : ''
    return name === '' || name.includes('/') ? undefined : name
  }
  return {
    readdir(path) {
      const out: LayerEntry[] = []
      for (const [full, bytes] of content) {
        const name = below(full, path)
        if (name === undefined) continue
        const sticky = /(^|\/)(tmp|shm)$/.test(full)
        out.push({
          name,
          kind: bytes ? 'file' : 'dir',
          size: bytes?.length ?? 0,
          mode: bytes ? 0o644 : sticky ? 0o1777 : 0o755,
          mtime: 0n,
        })
      }
      for (const [full, target] of links) {
        const name = below(full, path)
        if (name !== undefined) out.push({ name, kind: 'link', size: target.length, mode: 0o777, mtime: 0n, target })
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
