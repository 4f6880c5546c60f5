/** Which names a made C library offers, and why it offers each. */
import type { MadeFrame, MadeFunction, MadeObject } from '@bootgraph/ld-so/elf'
import type { Registry } from '../registry/registry.ts'
import { callbackFrame, callbackReturned } from './callback.ts'
import { gateCode } from './gate.ts'

/** surface: Redox of the chosen date has the name. The others are there for linux-gnu programs only (DESIGN, kinds of truth). */
export type ExportTag = 'surface' | 'spelling' | 'host-only' | 'bridge'

export interface LibcParts {
  readonly registry: Registry
  /** Names that Redox exports; absent = every name of the registry. A name without a row gets a gate, and is a model gap when called. */
  readonly surface?: Iterable<string>
  /** Further names, for programs of another system. */
  readonly extra?: ReadonlyMap<string, ExportTag>
}

export interface Exports {
  readonly functions: readonly MadeFunction[]
  readonly frames: readonly MadeFrame[]
  readonly objects: readonly MadeObject[]
  readonly tags: ReadonlyMap<string, ExportTag>
}

/** Names that the hosted library itself looks up in the image, whatever the surface. */
const own = (name: string): boolean => name.startsWith('__libc_')

/** Objects that are one storage under several names are exported as one, with the first exported name strong. */
export function exportsOf({ registry, surface, extra }: LibcParts): Exports {
  const tags = new Map<string, ExportTag>()
  const all = [...registry.functions.keys(), ...registry.objects.keys()]
  for (const name of surface ?? all) tags.set(name, 'surface')
  for (const name of all) if (own(name)) tags.set(name, tags.get(name) ?? 'bridge')
  for (const [name, tag] of extra ?? []) if (!tags.has(name)) tags.set(name, tag)

  const functions: MadeFunction[] = []
  const storage = new Map<string, string[]>()
  for (const name of tags.keys()) {
    if (!registry.objects.has(name)) functions.push({ name, code: gateCode(name) })
    else {
      const first = registry.objectAliases.get(name) ?? name
      storage.set(first, [...(storage.get(first) ?? []), name])
    }
  }
  const frames = registry.functions.has(callbackFrame.personality) ? [callbackFrame] : []
  if (frames.length > 0) functions.push(callbackReturned)
  const objects: MadeObject[] = []
  for (const [first, [name, ...aliases]] of storage) {
    const row = registry.objects.get(first)
    if (row === undefined) continue
    objects.push({ name, aliases, size: row.size, align: row.align, ...(row.data === undefined ? {} : { data: row.data }) })
  }
  return { functions, frames, objects, tags }
}
