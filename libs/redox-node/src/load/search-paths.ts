/** Where a program's libraries are looked for, in both linkages: its environment, the made C library under all its names, the defaults. */
import type { LoaderFile, SearchPaths } from '@bootgraph/ld-so'

/** Names of the C library's parts that a program built for Linux needs; one object serves them all. */
const LIBC_NAMES = [
  'libc.so.6',
  'libm.so.6',
  'libdl.so.2',
  'libpthread.so.0',
  'librt.so.1',
  'libutil.so.1',
  'libresolv.so.2',
  'ld-linux-x86-64.so.2',
  'libc.so',
]
const DEFAULT_DIRECTORIES = ['/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu', '/lib', '/usr/lib']

const decoder = new TextDecoder()

/** Value of an environment variable; undefined if it is not set. */
export function variable(envp: readonly Uint8Array[], name: string): string | undefined {
  for (const each of envp) {
    const text = decoder.decode(each)
    if (text.startsWith(`${name}=`)) return text.slice(name.length + 1)
  }
  return undefined
}

export const searchPaths = (envp: readonly Uint8Array[], libc: LoaderFile): SearchPaths => ({
  libraryPath: (variable(envp, 'LD_LIBRARY_PATH') ?? '').split(':').filter(Boolean),
  defaultDirectories: DEFAULT_DIRECTORIES,
  providers: new Map(LIBC_NAMES.map((name) => [name, libc])),
})
