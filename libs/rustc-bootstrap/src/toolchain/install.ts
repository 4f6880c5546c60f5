/** Installs a toolchain from a distribution's packages, or its source package, into the store. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { blobPath, folderStore, importFolder, TreeBuilder } from '@bootgraph/build-graph/store'
import { drift, PrivateApt } from './apt.ts'
import { output } from './command.ts'
import { unresolvedNeeds } from './needed.ts'
import { type Progress, silent } from './progress.ts'
import { defaultPlace, listReferences, type Place, type ToolchainReference, writeReference } from './reference.ts'
import { RELEASES, type Release } from './release.ts'
import { addRootExtras } from './root-extras.ts'
import { sizeOfTree } from './size.ts'
import { ToolchainError } from './toolchain-error.ts'
import { turn } from './turn.ts'
import { unpackPackage } from './unpack.ts'

export interface InstallOptions {
  readonly place?: Place
  readonly progress?: Progress
  /** Archive to fetch from, in place of the one that the host's apt is configured with. */
  readonly mirror?: string
  /** Something worth a line, but no failure. */
  readonly note?: (line: string) => void
}

export interface Installed {
  readonly reference: ToolchainReference
  /** It was there already; nothing was fetched. */
  readonly already: boolean
}

/** Installs `debian` (or another release's name), or `rustc-source`, its source package. @throws ToolchainError */
export async function installToolchain(name: string, options: InstallOptions = {}): Promise<Installed> {
  const place = options.place ?? defaultPlace()
  const present = whole(name, place)
  if (present) return { reference: present, already: true }
  const source = name === SOURCE_NAME
  const release = source ? RELEASES[0] : RELEASES.find((r) => r.name === name)
  if (!release)
    throw new ToolchainError(`"${name}" cannot be installed; there is ${RELEASES.map((r) => r.name).join(', ')} and ${SOURCE_NAME}`)
  const folder = join(place.data, 'apt', release.suite)
  await mkdir(folder, { recursive: true })
  const done = await turn(join(folder, 'lock'), () => options.note?.('another process installs from here: waiting for it'))
  try {
    const theirs = whole(name, place)
    if (theirs) return { reference: theirs, already: true }
    const apt = await PrivateApt.open(release, folder, options.mirror)
    const reference = await (source ? installSource : installPackages)(release, apt, place, options)
    writeReference(reference, place)
    return { reference, already: false }
  } finally {
    done()
  }
}

/** The toolchain of a name, if it is there with its tree. */
function whole(name: string, place: Place): ToolchainReference | undefined {
  const found = listReferences(place).find((r) => r.name === name)
  return found && existsSync(blobPath(place.store, found.tree)) ? found : undefined
}

/** The compiler's source package as a tree. */
export const SOURCE_NAME = 'rustc-source'

/** Whether a release has a compiler, whose source package can be had, too. */
export const hasSource = (name: string): boolean => RELEASES.some((release) => release.name === name && release.source !== undefined)

async function installPackages(release: Release, apt: PrivateApt, place: Place, options: InstallOptions): Promise<ToolchainReference> {
  const progress = options.progress ?? silent
  const served = await apt.served(release.packages.map((p) => p.name))
  for (const line of drift(release.packages, served)) options.note?.(line)
  await apt.download(served, progress)
  const store = folderStore(place.store, { durable: false, mends: true })
  const builder = new TreeBuilder()
  const base = new TreeBuilder()
  const size = served.reduce((sum, p) => sum + p.size, 0)
  let read = 0
  progress.begin(`unpack ${served.length} packages`, size)
  for (const pin of release.packages) {
    const archive = served.find((p) => p.name === pin.name)
    if (!archive) throw new ToolchainError(`${release.suite} does not serve the package ${pin.name}`)
    const path = join(apt.archives, archive.file)
    await unpackPackage(path, store, builder, release.leftOut)
    if (pin.role === 'base') await unpackPackage(path, store, base, release.leftOut)
    progress.at((read += archive.size))
  }
  await addRootExtras(store, builder)
  progress.end()
  const tree = await builder.store(store)
  const baseTree = await base.store(store)
  await syncToDisk(place.store)
  const lacking = await unresolvedNeeds(folderStore(place.store), tree, release.cLibrary)
  if (lacking.length > 0)
    throw new ToolchainError(`no package supplies ${lacking[0].soname}, which ${lacking[0].by} needs (${lacking.length} in all)`)
  return {
    version: 1,
    name: release.name,
    title: release.title,
    kind: 'packages',
    tree,
    base: baseTree,
    packages: served.map(({ name, version, sha256 }) => ({ name, version, sha256 })).sort((a, b) => (a.name < b.name ? -1 : 1)),
    ...(await sizeOfTree(store, tree)),
    path: release.path,
    libraryPath: release.libraryPath,
  }
}

async function installSource(release: Release, apt: PrivateApt, place: Place, options: InstallOptions): Promise<ToolchainReference> {
  const progress = options.progress ?? silent
  if (release.source === undefined) throw new ToolchainError(`${release.name} has no compiler, and no source of one`)
  const { package: name, version } = release.source
  const archives = await apt.servedSource(name, version)
  await apt.downloadSource(name, version, archives, progress)
  const description = archives.find((a) => a.file.endsWith('.dsc'))
  if (!description) throw new ToolchainError(`${release.suite} does not serve the source package ${name} ${version}`)
  const work = await mkdtemp(join(place.data, 'unpack-'))
  try {
    progress.begin('unpack and patch the source', 0)
    const sources = join(work, 'rustc')
    await output('dpkg-source', ['--no-check', '-x', join(apt.archives, description.file), sources], work)
    progress.end()
    const store = folderStore(place.store, { durable: false, mends: true })
    const builder = new TreeBuilder()
    progress.begin('store the source', 0)
    await importFolder(store, sources, builder)
    progress.end()
    const tree = await builder.store(store)
    await syncToDisk(place.store)
    const packages = archives.map(({ file, sha256 }) => ({ name: file, version, sha256 }))
    const title = `source of ${name} ${version}, patched`
    const size = await sizeOfTree(store, tree)
    return { version: 1, name: SOURCE_NAME, title, kind: 'source', tree, packages, ...size, path: [], libraryPath: [] }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** One sync for all blobs of an import, before anything names them. Where the host has no `sync -f`, the system's own pace must do. */
export async function syncToDisk(folder: string): Promise<void> {
  await output('sync', ['-f', folder]).catch(() => '')
}
