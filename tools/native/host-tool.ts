/** A program that only a test needs: the host's, or the distribution's package unpacked below the data folder (no root, nothing installed). */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { defaultPlace, RELEASES, silent } from '@bootgraph/rustc-bootstrap'
import { PrivateApt } from '../../libs/rustc-bootstrap/src/toolchain/apt.ts'

export interface HostTool {
  readonly command: string
  /** What must be added to the environment, so that an unpacked program finds its libraries. */
  readonly env: Readonly<Record<string, string>>
}

/** @param packages the program's own package first, then the libraries that a host without it may lack. */
export async function hostTool(name: string, packages: readonly string[]): Promise<HostTool> {
  const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim()
  if (found !== '') return { command: found, env: {} }
  const place = defaultPlace()
  const folder = join(place.data, 'tools', name)
  if (!existsSync(folder)) {
    const [release] = RELEASES
    const apt = await PrivateApt.open(release, join(place.data, 'apt', release.suite))
    const served = await apt.served(packages)
    await apt.download(served, silent)
    const unfinished = `${folder}.${process.pid}`
    mkdirSync(unfinished, { recursive: true })
    for (const archive of served) {
      const done = spawnSync('dpkg-deb', ['-x', join(apt.archives, archive.file), unfinished])
      if (done.status !== 0) throw new Error(`cannot unpack ${archive.file}: ${done.stderr}`)
    }
    rmSync(folder, { recursive: true, force: true })
    renameSync(unfinished, folder)
  }
  return { command: join(folder, 'usr/bin', name), env: { LD_LIBRARY_PATH: join(folder, 'usr/lib/x86_64-linux-gnu') } }
}
