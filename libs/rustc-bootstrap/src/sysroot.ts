/** A sysroot: what a linker finds for a program that starts on the C library of one surface. Its parts are made elsewhere. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface SysrootParts {
  /** Start files by name: crt1.o, crti.o, crtn.o, … */
  readonly crt: Readonly<Record<string, Uint8Array>>
  readonly sharedLibc: Uint8Array
  readonly staticLibc?: Uint8Array
}

/** Names under which a build for Linux asks for parts of one and the same C library. */
const PARTS_OF_LIBC = ['m', 'dl', 'pthread', 'rt', 'util'] as const

/** An ar archive with no members. */
const EMPTY_ARCHIVE = '!<arch>\n'

/** Writes the parts; gives the names written, sorted. */
export async function writeSysroot(folder: string, parts: SysrootParts): Promise<string[]> {
  const files: [name: string, content: Uint8Array | string][] = [...Object.entries(parts.crt), ['libc.so', parts.sharedLibc]]
  if (parts.staticLibc) files.push(['libc.a', parts.staticLibc])
  for (const name of PARTS_OF_LIBC) files.push([`lib${name}.a`, EMPTY_ARCHIVE])
  await mkdir(folder, { recursive: true })
  for (const [name, content] of files) await writeFile(join(folder, name), content)
  return files.map(([name]) => name).sort()
}
