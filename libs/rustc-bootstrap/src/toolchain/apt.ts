/**
 * The host's apt with private state: its own lists, cache and source line, nothing installed, nothing of the host's
 * touched. The mirror is the one that the host is configured with; signatures are checked by apt itself.
 */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { output } from './command.ts'
import type { Progress } from './progress.ts'
import type { PinnedPackage, Release } from './release.ts'
import { ToolchainError } from './toolchain-error.ts'

export interface Archive {
  /** Package file as apt will name it. */
  readonly file: string
  readonly size: number
  readonly sha256: string
}

/** A package of the suite as it is served now. */
export interface ServedPackage extends Archive {
  readonly name: string
  readonly version: string
}

export class PrivateApt {
  readonly #config: string
  /** An empty folder: apt lists no file that lies where it is asked, and we want all of them. */
  readonly #nowhere: string
  /** Where package files are kept between runs. */
  readonly archives: string

  private constructor(config: string, nowhere: string, archives: string) {
    this.#config = config
    this.#nowhere = nowhere
    this.archives = archives
  }

  /** Writes the private configuration below `folder` and fetches the suite's lists. @throws ToolchainError */
  static async open(release: Release, folder: string, mirror?: string): Promise<PrivateApt> {
    const site = mirror ?? (await configuredMirror(release))
    const archives = join(folder, 'archives')
    const state = join(folder, 'state')
    const nowhere = join(folder, 'nowhere')
    for (const made of [archives, nowhere, join(state, 'lists', 'partial'), join(folder, 'cache')]) await mkdir(made, { recursive: true })
    await writeFile(join(state, 'status'), '')
    const options = `[arch=${release.architecture}${existsSync(release.keyring) ? ` signed-by=${release.keyring}` : ''}]`
    const line = `${options} ${site} ${release.suite} ${release.component}\n`
    await writeFile(join(folder, 'sources.list'), `deb ${line}deb-src ${line}`)
    const config = join(folder, 'apt.conf')
    await writeFile(config, configuration(folder, release.architecture))
    const apt = new PrivateApt(config, nowhere, archives)
    await output('apt-get', ['-c', config, '-q', 'update'])
    return apt
  }

  /** What the suite serves of these packages. @throws ToolchainError naming one that it does not serve. */
  async served(names: readonly string[]): Promise<ServedPackage[]> {
    const archives = printedUris(await output('apt-get', ['-c', this.#config, 'download', '--print-uris', ...names], this.#nowhere))
    return archives.map((archive) => {
      const [name, version] = archive.file.split('_')
      return { ...archive, name, version: version.replaceAll('%3a', ':') }
    })
  }

  /** Files of a source package: .dsc, upstream's tarball, the distribution's patches. */
  async servedSource(name: string, version: string): Promise<Archive[]> {
    return printedUris(
      await output('apt-get', ['-c', this.#config, 'source', '--download-only', '--print-uris', `${name}=${version}`], this.#nowhere),
    )
  }

  async download(packages: readonly ServedPackage[], progress: Progress): Promise<void> {
    await this.#fetch(packages, progress, (absent) => ['download', ...absent.map((p) => `${p.name}=${p.version}`)])
  }

  async downloadSource(name: string, version: string, files: readonly Archive[], progress: Progress): Promise<void> {
    await this.#fetch(files, progress, () => ['source', '--download-only', `${name}=${version}`])
  }

  /** Files that are here whole are kept, partial ones resumed by apt; everything is checked against the signed lists. */
  async #fetch<T extends Archive>(files: readonly T[], progress: Progress, command: (absent: readonly T[]) => string[]): Promise<void> {
    const absent: T[] = []
    for (const file of files) if (!(await this.#isWhole(file))) absent.push(file)
    if (absent.length === 0) return
    const total = absent.reduce((sum, file) => sum + file.size, 0)
    progress.begin(`download ${absent.length} files`, total)
    const arrived = async (): Promise<number> => {
      const sizes = await Promise.all(
        absent.map((f) =>
          stat(join(this.archives, f.file)).then(
            (s) => s.size,
            () => 0,
          ),
        ),
      )
      return sizes.reduce((a, b) => a + b, 0)
    }
    const watch = setInterval(() => void arrived().then((done) => progress.at(done)), 200)
    try {
      await output('apt-get', ['-c', this.#config, '-q', ...command(absent)], this.archives)
    } finally {
      clearInterval(watch)
      progress.end()
    }
    for (const file of absent) {
      if (await this.#isWhole(file)) continue
      await rm(join(this.archives, file.file), { force: true })
      throw new ToolchainError(`${file.file} does not have the checksum of the signed index; it was removed, try again`)
    }
  }

  async #isWhole(file: Archive): Promise<boolean> {
    const path = join(this.archives, file.file)
    const size = await stat(path).then(
      (s) => s.size,
      () => -1,
    )
    if (size < file.size) return false
    const hash = createHash('sha256')
    for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) hash.update(piece)
    if (hash.digest('hex') === file.sha256) return true
    // apt looks at the length only, and would keep it.
    await rm(path)
    return false
  }
}

/** Pins that the suite no longer serves in that version: the tree's digest will be another. */
export function drift(pinned: readonly PinnedPackage[], served: readonly ServedPackage[]): string[] {
  return pinned.flatMap((pin) => {
    const now = served.find((p) => p.name === pin.name)
    return now && now.sha256 !== pin.sha256 ? [`${pin.name}: ${pin.version} is pinned, ${now.version} is served`] : []
  })
}

const URI_LINE = /^'[^']+' (\S+) (\d+) SHA256:([0-9a-f]{64})$/

/** The archives that `--print-uris` lists. File names with a slash are none of apt's. */
export function printedUris(text: string): Archive[] {
  return text.split('\n').flatMap((line) => {
    const match = URI_LINE.exec(line)
    return match && !match[1].includes('/') ? [{ file: match[1], size: Number(match[2]), sha256: match[3] }] : []
  })
}

async function configuredMirror(release: Release): Promise<string> {
  const format = '$(REPO_URI) $(RELEASE) $(CODENAME) $(COMPONENT)'
  const text = await output('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']).catch((error) => {
    if (!(error instanceof ToolchainError)) throw error
    throw new ToolchainError(`${release.title} is fetched through apt: ${error.message}; on this host use "toolchain add NAME PATH"`)
  })
  for (const line of text.split('\n')) {
    const [site, suite, codename, component] = line.split(' ')
    if ((suite === release.suite || codename === release.suite) && component === release.component) return site
  }
  throw new ToolchainError(
    `this host's apt is not configured for ${release.suite}; name a mirror with --mirror URL, or use "toolchain add NAME PATH"`,
  )
}

function configuration(folder: string, architecture: string): string {
  const text = (value: string): string => `"${value.replaceAll('"', '')}"`
  return [
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
    '#clear APT::Architectures;',
    `APT::Architecture ${text(architecture)};`,
    'APT::Sandbox::User "";',
    `Dir::State ${text(join(folder, 'state'))};`,
    `Dir::State::status ${text(join(folder, 'state', 'status'))};`,
    `Dir::Cache ${text(join(folder, 'cache'))};`,
    `Dir::Etc::sourcelist ${text(join(folder, 'sources.list'))};`,
    'Dir::Etc::sourceparts "-";',
    'Acquire::Languages "none";',
    'Acquire::Retries "3";',
    // Lists that cannot be fetched are an error, not a warning before packages that nobody has.
    'APT::Update::Error-Mode "any";',
    '',
  ].join('\n')
}
