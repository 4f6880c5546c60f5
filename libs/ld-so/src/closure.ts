/** An object and all it needs, breadth first, so that the scope has the order of the gABI ("Shared Object Dependencies"). */
import type { Needs } from './dynamic-section.ts'
import type { LoaderFile } from './loader-port.ts'
import { findFile, type Search } from './search.ts'

/** What takes part in a closure: a mapped object, or one of which only the head was read. */
export interface Member<T> extends Needs {
  readonly path: string
  readonly digest: string
  /** As of its file. */
  readonly identity: unknown
  /** In the order of DT_NEEDED. */
  dependencies: T[]
}

export interface Closing<T> extends Search {
  /** Everything loaded so far, in load order; grows. */
  readonly loaded: T[]
  /** undefined after an error that it has reported itself. */
  load(file: LoaderFile): T | undefined
  fail(message: string): void
}

/** What is loaded under a name already: by soname, by path, or because the same file provides it. */
export function known<T extends Member<T>>({ loaded, paths }: Closing<T>, name: string): T | undefined {
  const provider = paths.providers.get(name)
  return loaded.find((each) => each.soname === name || each.path === name || (provider && each.digest === provider.digest))
}

export const identityOf = ({ identity, path }: LoaderFile): unknown => identity ?? path

/** What the same file was loaded as, under whatever name. */
export const loadedAs = <T extends Member<T>>({ loaded }: Closing<T>, file: LoaderFile): T | undefined =>
  loaded.find(({ identity }) => identity === identityOf(file))

/** Loads `roots` in order, then what they need; gives what was added, roots first. */
export function loadClosure<T extends Member<T>>(closing: Closing<T>, roots: readonly LoaderFile[]): T[] {
  const added: T[] = []
  const load = (file: LoaderFile): T | undefined => {
    const member = closing.load(file)
    if (member) added.push(member)
    if (member) closing.loaded.push(member)
    return member
  }
  for (const root of roots) if (!loadedAs(closing, root)) load(root)
  for (let i = 0; i < added.length; i++) {
    for (const name of added[i].needed) {
      const there = known(closing, name)
      const file = there ? undefined : findFile(closing, name, added[i])
      const dependency = there ?? (file && (loadedAs(closing, file) ?? load(file)))
      if (dependency) added[i].dependencies.push(dependency)
      else if (!file) closing.fail(`${added[i].path}: failed to locate '${name}'`)
    }
  }
  return added
}

/** `root` and all it reaches, breadth first. */
export function closureOf<T extends { readonly dependencies: readonly T[] }>(root: T): T[] {
  const out = [root]
  const seen = new Set(out)
  for (let i = 0; i < out.length; i++)
    for (const next of out[i].dependencies) {
      if (seen.has(next)) continue
      seen.add(next)
      out.push(next)
    }
  return out
}

/**
 * Dependencies before what needs them. In a cycle, and among objects that do not need one another, the order is that of glibc
 * (elf/dl-sort-maps.c): depth first from the object loaded last. `cycle` hears of each object that needs itself that way.
 */
export function dependenciesFirst<T extends { readonly dependencies: readonly T[] }>(
  loaded: readonly T[],
  cycle = (_: T): void => {},
): T[] {
  const out: T[] = []
  const state = new Map<T, 'open' | 'done'>()
  const visit = (each: T): void => {
    if (state.get(each) === 'open') cycle(each)
    if (state.has(each)) return
    state.set(each, 'open')
    each.dependencies.forEach(visit)
    state.set(each, 'done')
    out.push(each)
  }
  for (const each of [...loaded].reverse()) visit(each)
  return out
}
