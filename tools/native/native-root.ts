/**
 * The other side of every comparison with a toolchain: its tree on the host's own kernel and processor, with the distribution's
 * C library, as the root of a mount namespace. Paths, arguments and environment are those of the node.
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { folderStore, materialise } from '@bootgraph/build-graph/store'
import { defaultPlace, installToolchain, RELEASES, silent } from '@bootgraph/rustc-bootstrap'
import { PrivateApt } from '../../libs/rustc-bootstrap/src/toolchain/apt.ts'

/** The C library and its start files, which the node's tree lacks: there they are ours. */
const C_LIBRARY = ['libc6', 'libc6-dev'] as const
/** Where the C library finds the locale C.UTF-8, and whose package has it. */
const LOCALE = { folder: 'usr/lib/locale/C.utf8', package: 'libc-bin' } as const
const DEVICES = ['null', 'zero', 'urandom'] as const
/** Links in /dev that a node has by itself. */
const DESCRIPTORS = [
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
] as const

export type NativeEnd = Omit<SpawnSyncReturns<string>, 'output'> & {
  /** Milliseconds, user and system, of the program and what it waited for. */
  readonly cpu: number
}

export interface NativeRun {
  /** Host folders shown over the tree, the first on top. */
  readonly layers?: readonly string[]
  /** An empty host folder that takes what the program writes beside its mounts. */
  readonly written?: string
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
      for (const archive of served) unpack(join(apt.archives, archive.file), unfinished)
      for (const device of DEVICES) writeFileSync(join(unfinished, 'dev', device), '')
      try {
        renameSync(unfinished, folder)
      } catch (error) {
        // Another process was first.
        rmSync(unfinished, { recursive: true, force: true })
        if (!existsSync(folder)) throw error
      }
    }
    if (!existsSync(join(folder, LOCALE.folder))) {
      const apt = await PrivateApt.open(release, join(place.data, 'apt', release.suite))
      const served = await apt.served([LOCALE.package])
      await apt.download(served, silent)
      for (const archive of served) unpack(join(apt.archives, archive.file), folder, [`./${LOCALE.folder}`])
    }
    mkdirSync(join(folder, 'dev', 'shm'), { recursive: true })
    for (const [name, target] of DESCRIPTORS) {
      const at = join(folder, 'dev', name)
      if (lstatSync(at, { throwIfNoEntry: false }) === undefined) symlinkSync(target, at)
    }
    return new NativeRoot(folder, reference.path)
  }

  /** Runs a program of the tree in a mount namespace of its own; `status` and `signal` are the program's. The tree stays as it was. */
  run(command: readonly string[], options: NativeRun = {}): NativeEnd {
    const work = mkdtempSync(join(tmpdir(), 'bootgraph-native-'))
    const own = { merged: join(work, 'merged'), work: join(work, 'work'), written: options.written ?? join(work, 'written') }
    for (const folder of Object.values(own)) mkdirSync(folder, { recursive: true })
    const layers = [...(options.layers ?? []), this.folder].join(':')
    const lines = [
      `mount -t overlay overlay -o ${quoted(`lowerdir=${layers},upperdir=${own.written},workdir=${own.work}`)} ${quoted(own.merged)}`,
      ...['tmp', 'dev/shm'].map((temporary) => `mount -t tmpfs tmpfs ${quoted(join(own.merged, temporary))}`),
      `mount --rbind /proc ${quoted(join(own.merged, 'proc'))}`,
    ]
    const devices = DEVICES.map((name) => [`/dev/${name}`, `/dev/${name}`] as const)
    for (const [host, guest] of [...devices, ...(options.mounts ?? [])]) {
      const at = quoted(join(own.merged, guest))
      if (!guest.startsWith('/dev/')) lines.push(`mkdir -p ${at}`)
      lines.push(`mount --bind ${quoted(host)} ${at}`)
    }
    const environment = Object.entries({ PATH: this.path.join(':'), ...options.env }).map(([name, value]) => `${name}=${value}`)
    const inside = ['sh', '-c', 'cd "$0" && exec "$@"', options.cwd ?? '/', ...command]
    // The shell waits, so that it can say what its child computed; then it ends as the child did.
    const program = ['env', '-i', ...environment, '/usr/sbin/chroot', own.merged, ...inside].map(quoted).join(' ')
    lines.push(`code=0; ${program} || code=$?`, 'times >&3', 'if [ $code -gt 128 ]; then kill -$((code - 128)) $$; fi', 'exit $code')
    try {
      const { output, ...ended } = spawnSync('unshare', ['--mount', '--map-root-user', 'sh', '-ec', lines.join('\n')], {
        encoding: 'utf8',
        stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
        maxBuffer: 2 ** 28,
        input: options.input ?? '',
        ...(options.timeout === undefined ? {} : { timeout: options.timeout * 1000 }),
      })
      return { ...ended, cpu: childrenTime(output[3] ?? '') }
    } finally {
      rmSync(work, { recursive: true, force: true })
    }
  }
}

/** A package's files, or some of them, into a tree. */
function unpack(archive: string, into: string, only: readonly string[] = []): void {
  const script = 'archive=$1 into=$2; shift 2; dpkg-deb --fsys-tarfile "$archive" | tar -x --keep-directory-symlink -C "$into" "$@"'
  const unpacked = spawnSync('sh', ['-c', script, 'sh', archive, into, ...only])
  if (unpacked.status !== 0) throw new Error(`cannot unpack ${archive}: ${unpacked.stderr}`)
}

/** Milliseconds, from what a shell's `times` prints: user and system time of the shell, and on the second line of its children. */
function childrenTime(text: string): number {
  const seconds = [...(text.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, rest]) => Number(minutes) * 60 + Number(rest),
  )
  return Math.round(seconds.reduce((sum, each) => sum + each, 0) * 1000)
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`
