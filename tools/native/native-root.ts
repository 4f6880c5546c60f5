/**
 * The other side of every comparison with a toolchain: its tree on the host's own kernel and processor, with the distribution's
 * C library, as the root of a mount namespace. Paths, arguments and environment are those of the node.
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { folderStore, materialise } from '@bootgraph/build-graph/store'
import { defaultPlace, installToolchain, RELEASES, silent } from '@bootgraph/rustc-bootstrap'
import { PrivateApt } from '../../libs/rustc-bootstrap/src/toolchain/apt.ts'

/** The C library and its start files, which the node's tree lacks: there they are ours. */
const C_LIBRARY = ['libc6', 'libc6-dev'] as const
const DEVICES = ['null', 'zero', 'urandom'] as const

export interface NativeRun {
  /** Host folder → guest folder, writable. */
  readonly mounts?: readonly (readonly [host: string, guest: string])[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  /** Wall limit in seconds. */
  readonly timeout?: number
}

export class NativeRoot {
  readonly folder: string
  readonly path: readonly string[]

  private constructor(folder: string, path: readonly string[]) {
    this.folder = folder
    this.path = path
  }

  /** Makes the root on first use (about 20 s), below the data folder; later calls find it. */
  static async open(toolchain = 'debian'): Promise<NativeRoot> {
    const place = defaultPlace()
    const release = RELEASES.find((each) => each.name === toolchain)
    if (!release)
      throw new Error(`there is no native root for ${toolchain}; there is one for ${RELEASES.map((each) => each.name).join(', ')}`)
    const { reference } = await installToolchain(toolchain)
    const folder = join(place.data, 'native', reference.tree)
    if (!existsSync(folder)) {
      const unfinished = `${folder}.${process.pid}`
      mkdirSync(dirname(folder), { recursive: true })
      await materialise(folderStore(place.store), reference.tree, unfinished)
      const apt = await PrivateApt.open(release, join(place.data, 'apt', release.suite))
      const served = await apt.served(C_LIBRARY)
      await apt.download(served, silent)
      for (const archive of served) {
        const unpacked = spawnSync('sh', [
          '-c',
          'dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink -C "$2"',
          'sh',
          join(apt.archives, archive.file),
          unfinished,
        ])
        if (unpacked.status !== 0) throw new Error(`cannot unpack ${archive.file}: ${unpacked.stderr}`)
      }
      for (const device of DEVICES) writeFileSync(join(unfinished, 'dev', device), '')
      try {
        renameSync(unfinished, folder)
      } catch (error) {
        // Another process was first.
        rmSync(unfinished, { recursive: true, force: true })
        if (!existsSync(folder)) throw error
      }
    }
    return new NativeRoot(folder, reference.path)
  }

  /** Runs a program of the tree in a mount namespace of its own; `status` and `signal` are the program's. */
  run(command: readonly string[], options: NativeRun = {}): SpawnSyncReturns<string> {
    const devices = DEVICES.map((name) => [`/dev/${name}`, `/dev/${name}`] as const)
    const lines = [`mount -t tmpfs tmpfs ${quoted(join(this.folder, 'tmp'))}`, `mount --rbind /proc ${quoted(join(this.folder, 'proc'))}`]
    for (const [host, guest] of [...devices, ...(options.mounts ?? [])]) {
      const at = join(this.folder, guest)
      if (!existsSync(at)) mkdirSync(at, { recursive: true })
      lines.push(`mount --bind ${quoted(host)} ${quoted(at)}`)
    }
    const environment = Object.entries({ PATH: this.path.join(':'), ...options.env }).map(([name, value]) => `${name}=${value}`)
    const inside = ['sh', '-c', 'cd "$0" && exec "$@"', options.cwd ?? '/', ...command]
    lines.push(['exec', 'env', '-i', ...environment, '/usr/sbin/chroot', this.folder, ...inside].map(quoted).join(' '))
    return spawnSync('unshare', ['--mount', '--map-root-user', 'sh', '-ec', lines.join('\n')], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      input: options.input ?? '',
      ...(options.timeout === undefined ? {} : { timeout: options.timeout * 1000 }),
    })
  }
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`
