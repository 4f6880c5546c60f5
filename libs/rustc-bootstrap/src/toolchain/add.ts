/** Makes a toolchain of a folder: a rustup toolchain or an unpacked official tarball, set at /usr upon a release's base. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { folderStore, importFolder, listTree, TreeBuilder } from '@bootgraph/build-graph/store'
import { faultText, readHeader } from '@bootgraph/ld-so/elf'
import { syncToDisk } from './install.ts'
import { unresolvedNeeds } from './needed.ts'
import { type Progress, silent } from './progress.ts'
import { checkName, defaultPlace, type Place, readReference, type ToolchainReference, writeReference } from './reference.ts'
import { RELEASES } from './release.ts'
import { addRootExtras } from './root-extras.ts'
import { sizeOfTree } from './size.ts'
import { ToolchainError } from './toolchain-error.ts'

/** What no run of the compiler reads. */
const LEFT_OUT = ['share/doc', 'share/man', 'share/zsh', 'manifest.in']
/** Components of a tarball without anything that runs. */
const DOCUMENTS = /^rust-docs/
const COMPONENT = /^[a-z][a-z0-9_.-]*$/
const HOST = 'x86_64-unknown-linux-gnu'
const LINKER = `lib/rustlib/${HOST}/bin/rust-lld`

export interface AddOptions {
  readonly place?: Place
  readonly progress?: Progress
  /** Something worth a line, but no failure. */
  readonly note?: (line: string) => void
}

/** The folders that lie upon one another at /usr: a rustup toolchain is one, a tarball has one for each of its components. */
function partsOf(path: string): string[] {
  const isToolchain = existsSync(join(path, 'bin', 'rustc'))
  const folder = isToolchain ? path : join(path, 'rustc')
  const compiler = join(folder, 'bin', 'rustc')
  if (!existsSync(compiler)) throw new ToolchainError(`${path} holds no bin/rustc: expected a rustup toolchain or an unpacked tarball`)
  const header = readHeader(compiler, readFileSync(compiler))
  if (!header.ok) throw new ToolchainError(faultText(header.error))
  const list = join(path, 'components')
  const components = isToolchain || !existsSync(list) ? [] : readFileSync(list, 'utf8').split('\n').filter(Boolean)
  const parts = isToolchain
    ? [path]
    : [
        folder,
        ...components.filter((name) => COMPONENT.test(name) && name !== 'rustc' && !DOCUMENTS.test(name)).map((name) => join(path, name)),
      ]
  // rustup's own bin/rustc is a proxy, which has no library beside it.
  if (!parts.some((part) => existsSync(join(part, 'lib', 'rustlib', HOST, 'lib'))))
    throw new ToolchainError(
      `${path} holds no lib/rustlib/${HOST}/lib: expected a toolchain as in ~/.rustup/toolchains, or an unpacked tarball`,
    )
  return parts
}

/** @throws ToolchainError if the folder holds no compiler, or the base is not installed. */
export async function addToolchain(name: string, path: string, options: AddOptions = {}): Promise<ToolchainReference> {
  const place = options.place ?? defaultPlace()
  const progress = options.progress ?? silent
  checkName(name)
  if (RELEASES.some((r) => r.name === name)) throw new ToolchainError(`"${name}" is the name of a release; choose another`)
  const parts = partsOf(path)
  const [release] = RELEASES
  const base = readReference(release.name, place).base
  if (!base) throw new ToolchainError(`"${release.name}" has no base tree; remove it and install it again`)
  const store = folderStore(place.store, { durable: false, mends: true })
  const builder = new TreeBuilder()
  progress.begin(`store ${name}`, 0)
  for (const part of parts) {
    await importFolder(store, part, builder, {
      under: 'usr',
      skip: (relative) => LEFT_OUT.includes(relative),
    })
  }
  for await (const { path: at, entry } of listTree(store, base)) {
    if (builder.at(at) !== undefined) continue
    if (entry.kind === 'file') builder.setFile(at, entry.digest, entry.size, entry.executable)
    else if (entry.kind === 'symlink') builder.setSymlink(at, entry.target)
    else builder.setDirectory(at)
  }
  // The linker that comes with the compiler, under the name by which it is called without a C compiler.
  if (builder.at(`usr/${LINKER}`) !== undefined && builder.at('usr/bin/ld.lld') === undefined)
    builder.setSymlink('usr/bin/ld.lld', `../${LINKER}`)
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
    ...(await sizeOfTree(store, tree)),
    path: release.path,
    libraryPath: ['/usr/lib', ...release.libraryPath.filter((p) => p !== '/usr/lib')],
  }
  writeReference(reference, place)
  return reference
}
