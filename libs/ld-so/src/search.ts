/** Where a needed name is looked for: RPATH of the asking object, the library path, its RUNPATH, then the default directories. */
import { type Dso, Dt } from './dso.ts'
import { textAt } from './elf/section.ts'
import type { LoaderFile, LoaderPort } from './loader-port.ts'

export interface SearchPaths {
  /** LD_LIBRARY_PATH, split. */
  readonly libraryPath: readonly string[]
  readonly defaultDirectories: readonly string[]
}

function listOf({ memory: { u8 } }: LoaderPort, dso: Dso, tag: number): readonly string[] {
  const at = dso.tags.get(tag)
  if (at === undefined) return []
  const origin = dso.path.slice(0, Math.max(0, dso.path.lastIndexOf('/'))) || '/'
  const text = textAt(u8, dso.strtab + at, dso.strtabEnd)
  return text.split(':').map((entry) => entry.replace(/\$(ORIGIN|\{ORIGIN\})/g, () => origin))
}

/** A name with a slash is a path of its own. RPATH is ignored where RUNPATH stands. */
export function findFile(port: LoaderPort, name: string, asking: Dso | undefined, paths: SearchPaths): LoaderFile | undefined {
  if (name.includes('/')) return port.open(name)
  const runpath = asking ? listOf(port, asking, Dt.runpath) : []
  const rpath = asking && !asking.tags.has(Dt.runpath) ? listOf(port, asking, Dt.rpath) : []
  for (const directory of [...rpath, ...paths.libraryPath, ...runpath, ...paths.defaultDirectories]) {
    const file = directory === '' ? undefined : port.open(`${directory}/${name}`)
    if (file) return file
  }
  return undefined
}
