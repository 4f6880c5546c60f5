/** Translations in a host folder, one file per object, apart for every version of the engine. A folder that cannot be used keeps nothing. */
import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TranslationCache } from '@bootgraph/cpu'
import { compiledCode } from './compiled-code.ts'

/** `engine` is the digest of the engine's code. */
export function translationCache(folder: string, engine: string): TranslationCache {
  const place = join(folder, engine)
  return {
    ...(compiledCode === undefined ? {} : { compiled: compiledCode }),
    get(key) {
      try {
        return readFileSync(join(place, key))
      } catch {
        return undefined
      }
    },
    // Under another name first: a file of the right name is whole, whoever else writes it at the same time.
    put(key, value) {
      const staging = join(place, `${randomUUID()}.part`)
      try {
        mkdirSync(place, { recursive: true })
        writeFileSync(staging, value)
        renameSync(staging, join(place, key))
      } catch {
        rmSync(staging, { force: true })
      }
    },
  }
}
