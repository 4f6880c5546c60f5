/** ELF files that were made here, in a host folder; one that cannot be used keeps nothing. */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { discard } from './discard.ts'

export interface KeptFile {
  readonly path: string
  /** SHA-256 of its bytes, which is part of its name: it need not be read to be known. */
  readonly digest: string
}

export const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export class KeptFiles {
  readonly #folder: string
  readonly #limit: number

  /** `limit`: of all files together, bytes; the ones used longest ago go first. */
  constructor(folder: string, limit: number) {
    this.#folder = folder
    this.#limit = limit
  }

  /** `key` is a digest of everything that decides the file. */
  find(key: string): KeptFile | undefined {
    try {
      const name = readdirSync(this.#folder).find((each) => each.startsWith(`${key}-`) && each.endsWith('.elf'))
      if (name === undefined) return undefined
      const path = join(this.#folder, name)
      const now = new Date()
      utimesSync(path, now, now)
      return { path, digest: name.slice(key.length + 1, -4) }
    } catch {
      return undefined
    }
  }

  /** Written under another name first, so that a file of its own name is always whole; undefined if the disk takes it not. */
  keep(key: string, bytes: Uint8Array): KeptFile | undefined {
    const staging = join(this.#folder, `${process.pid}-${process.hrtime.bigint()}.part`)
    try {
      mkdirSync(this.#folder, { recursive: true })
      this.#prune(this.#limit - bytes.length)
      writeFileSync(staging, bytes)
      const digest = sha256(bytes)
      const path = join(this.#folder, `${key}-${digest}.elf`)
      renameSync(staging, path)
      return { path, digest }
    } catch {
      discard(staging)
      return undefined
    }
  }

  #prune(room: number): void {
    const files = readdirSync(this.#folder)
      .map((name) => ({ path: join(this.#folder, name), stat: statSync(join(this.#folder, name), { throwIfNoEntry: false }) }))
      .flatMap(({ path, stat }) => (stat ? [{ path, size: stat.size, used: stat.mtimeMs }] : []))
      .sort((a, b) => b.used - a.used)
    let sum = 0
    for (const { path, size } of files) {
      sum += size
      if (sum > room) discard(path)
    }
  }
}
