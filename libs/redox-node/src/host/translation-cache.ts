/** Translations in a host folder, one file per object, apart for every version of the engine. A folder that cannot be used keeps nothing. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { TranslationCache } from '@bootgraph/cpu'
import { compiledCode } from './compiled-code.ts'
import { discard } from './discard.ts'

/** Milliseconds before its limit from which on a run does not begin to learn for later ones: more than that takes. */
const HASTE = 90_000
/** Engines whose code is kept, those used last; each may have a gigabyte. */
const ENGINES = 4

/** `engine` is the digest of the engine's code, `limit` the time of performance.now() at which the run is ended. */
export function translationCache(folder: string, engine: string, limit = Number.POSITIVE_INFINITY): TranslationCache {
  const place = join(folder, engine)
  const compiled = compiledCode()
  markUse(place)
  return {
    sum: crc32,
    ...(compiled && { compiled: { ...compiled, claim: () => (performance.now() + HASTE > limit ? undefined : claim(place)) } }),
    get(key) {
      try {
        return readFileSync(join(place, key))
      } catch {
        return undefined
      }
    },
    size: (key) => statSync(join(place, key), { throwIfNoEntry: false })?.size ?? 0,
    // Under another name first: a file of the right name is whole, whoever else writes it at the same time.
    put(key, value) {
      const staging = join(place, `${process.pid}-${process.hrtime.bigint()}.part`)
      try {
        if (mkdirSync(place, { recursive: true }) !== undefined) prune(folder)
        writeFileSync(staging, value)
        renameSync(staging, join(place, key))
      } catch {
        discard(staging)
      }
    },
  }
}

function markUse(place: string): void {
  try {
    const now = new Date()
    utimesSync(place, now, now)
  } catch {
    // There is nothing of this engine yet.
  }
}
/** Whoever still uses what goes has it as if it were new. */
function prune(folder: string): void {
  const engines = readdirSync(folder)
    .filter((name) => /^[0-9a-f]{64}$/.test(name))
    .map((name) => ({ path: join(folder, name), used: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.used - a.used)
  for (const { path } of engines.slice(ENGINES)) discard(path)
}

/** Which process has the right to change what is kept: its number, in a file that others cannot create as well. */
function claim(place: string): (() => void) | undefined {
  const path = join(place, 'claim')
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      mkdirSync(place, { recursive: true })
      writeFileSync(path, String(process.pid), { flag: 'wx' })
      return () => rmSync(path, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || isHeld(path)) return undefined
      rmSync(path, { force: true })
    }
  }
  return undefined
}
/** False if the process that has made the file is gone. */
function isHeld(path: string): boolean {
  try {
    process.kill(Number(readFileSync(path, 'utf8')), 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
