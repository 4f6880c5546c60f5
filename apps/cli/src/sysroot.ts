/** The C library of a surface as files that a linker finds, made by the node image's own relibc: what is linked is what runs. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type * as relibc from '@bootgraph/relibc'
import type * as output from '@bootgraph/relibc/output'
import { writeSysroot } from '@bootgraph/rustc-bootstrap'
import { currentImage } from './node-process.ts'
import { surfaceOf } from './surface-option.ts'

export interface MadeSysroot {
  readonly folder: string
  readonly files: readonly string[]
  /** Date of the snapshot, or full: every name that the model has. */
  readonly surface: string
  /** How many names the library exports, by why it does. */
  readonly exported: Readonly<Record<string, number>>
}

/**
 * @param forHost also export what the surface lacks and the model has, so that a program built for Linux links (bridge).
 */
export async function makeSysroot(folder: string, date: string, forHost = true): Promise<MadeSysroot> {
  const surface = date === 'full' ? undefined : surfaceOf(date)
  const bundle = pathToFileURL(join(currentImage().folder, 'relibc.mjs')).href
  const { collect, platformHeaders, coreHeaders, textHeaders, makeCrt, makeLibc, makeLibcArchive } = (await import(
    bundle
  )) as typeof relibc & typeof output
  const registry = collect([...platformHeaders, ...coreHeaders, ...textHeaders])
  const all = [...registry.functions.keys(), ...registry.objects.keys()]
  const names = surface === undefined ? all : [...surface.symbols.keys()]
  const more = forHost ? all.filter((name) => surface?.symbols.has(name) === false) : []
  const parts = { registry, surface: names, extra: new Map(more.map((name) => [name, 'bridge' as const])) }
  const { bytes, tags } = makeLibc(parts)
  const files = await writeSysroot(folder, {
    crt: makeCrt(),
    sharedLibc: bytes,
    staticLibc: makeLibcArchive(parts),
  })
  const exported: Record<string, number> = {}
  for (const tag of tags.values()) exported[tag] = (exported[tag] ?? 0) + 1
  return { folder, files, surface: surface?.date ?? date, exported }
}
