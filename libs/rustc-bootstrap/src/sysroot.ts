/**
 * A sysroot: what a linker finds for a program that starts on the C library of one surface. Its parts are made by the node
 * image's own relibc, in a process of its own: what is linked is what runs.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Digest } from '@bootgraph/build-graph'
import { type Store, TreeBuilder } from '@bootgraph/build-graph/store'
import { type Surface, surfaceAt } from '@bootgraph/relibc/surface'
import { askImage } from './image-process.ts'

export interface Sysroot {
  /** crt files, libc.so, libc.a, and what -lm, -ldl and the like ask for; sorted by name. */
  readonly files: ReadonlyMap<string, Uint8Array>
  /** Date of the snapshot, or full: every name that the model has. */
  readonly surface: string
  /** What a dynamic executable names as its interpreter. */
  readonly interpreter: string
  /** How many names the library exports, by why it does. */
  readonly exported: Readonly<Record<string, number>>
}

/** Names under which a build for Linux asks for parts of one and the same C library. */
const PARTS_OF_LIBC = ['m', 'dl', 'pthread', 'rt', 'util'] as const

/** An ar archive with no members. */
const EMPTY_ARCHIVE = '!<arch>\n'

/** What the image's relibc is asked: the files that it makes for these names; for all that it has, if there are none. */
const PROGRAM = `
  const { collect, platformHeaders, coreHeaders, textHeaders, makeCrt, makeLibc, makeLibcArchive, LD_SO } = bundle
  const registry = collect([...platformHeaders, ...coreHeaders, ...textHeaders])
  const all = [...registry.functions.keys(), ...registry.objects.keys()]
  const surface = request.names ?? all
  const known = new Set(surface)
  const more = request.forHost ? all.filter((name) => !known.has(name)) : []
  const parts = { registry, surface, extra: new Map(more.map((name) => [name, 'bridge'])) }
  const { bytes, tags } = makeLibc(parts)
  const exported = {}
  for (const tag of tags.values()) exported[tag] = (exported[tag] ?? 0) + 1
  const files = new Map([...Object.entries(makeCrt()), ['libc.so', bytes], ['libc.a', makeLibcArchive(parts)]])
  answer({ files, interpreter: LD_SO, exported })`

/**
 * @param image folder of the node image.
 * @param date a recorded surface's date, `latest` or `full`; or a surface of one's own.
 * @param forHost also export what the surface lacks and the model has, so that a program built for Linux links (bridge).
 * @throws Error for a date before every recorded surface.
 */
export async function makeSysroot(image: string, date: string | Surface, forHost: boolean): Promise<Sysroot> {
  const surface = typeof date !== 'string' ? date : date === 'full' ? undefined : surfaceAt(date)
  if (date !== 'full' && !surface) throw new Error(`no surface is recorded for ${date}`)
  const names = surface && [...surface.symbols.keys()]
  const made = await askImage<Pick<Sysroot, 'files' | 'interpreter' | 'exported'>>(image, 'relibc.cjs', PROGRAM, { names, forHost })
  const empty = PARTS_OF_LIBC.map((name) => [`lib${name}.a`, new TextEncoder().encode(EMPTY_ARCHIVE)] as const)
  const files = new Map([...made.files, ...empty].sort(([a], [b]) => (a < b ? -1 : 1)))
  return { ...made, files, surface: surface?.date ?? 'full' }
}

export async function writeSysroot(folder: string, { files }: Pick<Sysroot, 'files'>): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [name, content] of files) await writeFile(join(folder, name), content)
}

/** As a tree, for actions that link. */
export async function storeSysroot(store: Store, { files }: Pick<Sysroot, 'files'>): Promise<Digest> {
  const builder = new TreeBuilder()
  for (const [name, content] of files) {
    const { digest, size } = await store.put(content)
    builder.setFile(name, digest, size, false)
  }
  return builder.store(store)
}
