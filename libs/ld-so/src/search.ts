/** Where a needed name is looked for: RPATH of the asking object, the library path, its RUNPATH, then the default directories. */
import type { Abilities } from './ability.ts'
import type { Needs } from './dynamic-section.ts'
import type { LoaderFile, LoaderPort } from './loader-port.ts'

export interface SearchPaths {
  /** LD_LIBRARY_PATH, split. */
  readonly libraryPath: readonly string[]
  readonly defaultDirectories: readonly string[]
  /** Files that satisfy needed names before any search, such as a made libc.so under all names of the C library. */
  readonly providers: ReadonlyMap<string, LoaderFile>
}

export type Asking = Pick<Needs, 'rpath' | 'runpath'> & { readonly path: string }

export interface Search {
  readonly port: Pick<LoaderPort, 'open'>
  readonly abilities: Pick<Abilities, 'served'>
  readonly paths: SearchPaths
}

/** A name with a slash is a path of its own. RPATH is ignored where RUNPATH stands. */
export function findFile({ port, abilities, paths }: Search, name: string, asking: Asking | undefined): LoaderFile | undefined {
  const provider = paths.providers.get(name)
  if (provider) return provider
  if (name.includes('/')) return port.open(name)
  const within = (folders: readonly string[]): LoaderFile | undefined => {
    for (const folder of folders) {
      const file = folder === '' ? undefined : port.open(`${folder}/${name}`)
      if (file) return file
    }
    return undefined
  }
  /** Folders that the asking object names itself; a date that does not read them finds nothing there. */
  const own = (entries: readonly string[] = []): LoaderFile | undefined => {
    for (const entry of asking ? entries : []) {
      const folder = withOrigin(entry, asking?.path ?? '')
      const file = within([folder])
      if (!file) continue
      const able = abilities.served('DT_RPATH / DT_RUNPATH', asking?.path ?? '')
      if (able && (folder === entry || abilities.served('$ORIGIN', asking?.path ?? ''))) return file
    }
    return undefined
  }
  return (
    (asking?.runpath === undefined ? own(asking?.rpath) : undefined) ??
    within(paths.libraryPath) ??
    own(asking?.runpath) ??
    within(paths.defaultDirectories)
  )
}

const withOrigin = (entry: string, path: string): string =>
  entry.replace(/\$(ORIGIN\b|\{ORIGIN\})/g, () => path.slice(0, Math.max(0, path.lastIndexOf('/'))) || '/')
