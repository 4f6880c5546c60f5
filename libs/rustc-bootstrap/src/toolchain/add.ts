/** Makes a toolchain of a folder: a rustup toolchain or an unpacked official tarball, set at /usr upon a release's base. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { folderStore, importFolder, listTree, TreeBuilder } from '@bootgraph/build-graph/store'
import { syncToDisk } from './install.ts'
import { unresolvedNeeds } from './needed.ts'
import { type Progress, silent } from './progress.ts'
import { checkName, defaultPlace, type Place, readReference, type ToolchainReference, writeReference } from './reference.ts'
import { RELEASES } from './release.ts'
import { addRootExtras } from './root-extras.ts'
import { ToolchainError } from './toolchain-error.ts'

/** What no run of the compiler reads. */
const LEFT_OUT = ['share/doc', 'share/man', 'share/zsh']

export interface AddOptions {
  readonly place?: Place
  readonly progress?: Progress
  /** Something worth a line, but no failure. */
  readonly note?: (line: string) => void
}

/** @throws ToolchainError if the folder holds no compiler, or the base is not installed. */
export async function addToolchain(name: string, path: string, options: AddOptions = {}): Promise<ToolchainReference> {
  const place = options.place ?? defaultPlace()
  const progress = options.progress ?? silent
  checkName(name)
  if (RELEASES.some((r) => r.name === name)) throw new ToolchainError(`"${name}" is the name of a release; choose another`)
  const folder = existsSync(join(path, 'bin', 'rustc')) ? path : join(path, 'rustc')
  if (!existsSync(join(folder, 'bin', 'rustc')))
    throw new ToolchainError(`${path} holds no bin/rustc: expected a rustup toolchain or an unpacked tarball`)
  const [release] = RELEASES
  const base = readReference(release.name, place).base
  if (!base) throw new ToolchainError(`"${release.name}" has no base tree; remove it and install it again`)
  const store = folderStore(place.store, { durable: false })
  const builder = new TreeBuilder()
  let files = 0
  let bytes = 0
  progress.begin(`store ${name}`, 0)
  await importFolder(store, folder, builder, {
    under: 'usr',
    skip: (relative) => LEFT_OUT.includes(relative),
    onFile: (_, size) => {
      files++
      bytes += size
    },
  })
  for await (const { path: at, entry } of listTree(store, base)) {
    if (builder.at(at) !== undefined) continue
    if (entry.kind === 'file') builder.setFile(at, entry.digest, entry.size, entry.executable)
    else if (entry.kind === 'symlink') builder.setSymlink(at, entry.target)
    else builder.setDirectory(at)
  }
  await addRootExtras(store, builder)
  const tree = await builder.store(store)
  await syncToDisk(place.store)
  progress.end()
  const lacking = await unresolvedNeeds(store, tree, release.cLibrary)
  for (const { soname, by } of lacking) options.note?.(`${by} needs ${soname}, which is neither in ${path} nor in the base`)
  const reference: ToolchainReference = {
    version: 1,
    name,
    title: `imported folder on the base of ${release.title}`,
    kind: 'folder',
    tree,
    packages: [],
    files,
    bytes,
    path: release.path,
    libraryPath: ['/usr/lib', ...release.libraryPath.filter((p) => p !== '/usr/lib')],
  }
  writeReference(reference, place)
  return reference
}
