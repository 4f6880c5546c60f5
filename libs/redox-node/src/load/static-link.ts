/** The static image of a program: linked when it is first asked for, kept by the digest of everything that decides it. */
import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Linked, type LinkPlan, type LinkPort, type LoaderFile, linkStatic } from '@bootgraph/ld-so'
import { keepOpen, readFileAt } from '../host/folder-layer.ts'

/** Images together, bytes; the ones used longest ago go first. */
const LIMIT = 4 * 2 ** 30
const WASM_PAGES = 65_520

export interface ImageStore {
  /** Host folder; undefined keeps images for this run only. */
  readonly folder: string | undefined
  readonly images: Map<string, LoaderFile>
}

/**
 * `more` is what decides the result besides the inputs: the linker itself, and how missing names are judged.
 * The image's own digest is part of its file's name, so that it need not be read to be known.
 */
export function staticImage(
  store: ImageStore,
  plan: LinkPlan,
  more: readonly string[],
  port: Omit<LinkPort, 'memory'>,
): Linked<LoaderFile> {
  const inputs = plan.inputs.map(({ path, digest }) => [path, digest])
  const key = createHash('sha256')
    .update(JSON.stringify([plan.options.base, inputs, more]))
    .digest('hex')
  const kept = store.images.get(key) ?? (store.folder && find(store.folder, key))
  if (kept) {
    store.images.set(key, kept)
    return { ok: true, value: kept }
  }
  const { buffer } = new WebAssembly.Memory({ initial: WASM_PAGES, maximum: WASM_PAGES })
  const linked = linkStatic(plan, { ...port, memory: { u8: new Uint8Array(buffer), view: new DataView(buffer) } })
  if (!linked.ok) return linked
  const file = (store.folder && keep(store.folder, key, linked.value.bytes)) || inMemory(linked.value.bytes)
  store.images.set(key, file)
  return { ok: true, value: file }
}

const nameOf = (key: string, digest: string): string => `${key}-${digest}.elf`
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

function find(folder: string, key: string): LoaderFile | undefined {
  try {
    const name = readdirSync(folder).find((each) => each.startsWith(`${key}-`) && each.endsWith('.elf'))
    if (name === undefined) return undefined
    const path = join(folder, name)
    const now = new Date()
    utimesSync(path, now, now)
    return onDisk(path, name.slice(key.length + 1, -4))
  } catch {
    return undefined
  }
}

/** Written under another name first, so that a file of this name is always whole; undefined if the disk takes it not. */
function keep(folder: string, key: string, bytes: Uint8Array): LoaderFile | undefined {
  const staging = join(folder, `${randomUUID()}.part`)
  try {
    mkdirSync(folder, { recursive: true })
    prune(folder, LIMIT - bytes.length)
    writeFileSync(staging, bytes)
    const digest = sha256(bytes)
    const path = join(folder, nameOf(key, digest))
    renameSync(staging, path)
    return onDisk(path, digest)
  } catch {
    rmSync(staging, { force: true })
    return undefined
  }
}

function prune(folder: string, room: number): void {
  const files = readdirSync(folder)
    .map((name) => ({ path: join(folder, name), stat: statSync(join(folder, name), { throwIfNoEntry: false }) }))
    .flatMap(({ path, stat }) => (stat ? [{ path, size: stat.size, used: stat.mtimeMs }] : []))
    .sort((a, b) => b.used - a.used)
  let sum = 0
  for (const { path, size } of files) {
    sum += size
    if (sum > room) rmSync(path, { force: true })
  }
}

function onDisk(path: string, digest: string): LoaderFile {
  const later = keepOpen(path)
  return { path, size: statSync(path).size, digest, read: (offset, into) => readFileAt(path, offset, into), later }
}

const inMemory = (bytes: Uint8Array): LoaderFile => ({
  path: 'static image',
  size: bytes.length,
  digest: sha256(bytes),
  read(offset, into) {
    const part = bytes.subarray(offset, offset + into.length)
    into.set(part)
    return part.length
  },
})
