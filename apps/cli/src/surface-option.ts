/** Surfaces on the command line: dates, and imported ones by name. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDay } from '@bootgraph/build-graph'
import { readSurfaceDocument, type Surface, surfaceAt, surfaceDocument } from '@bootgraph/relibc/surface'
import { surfaceFolder } from './folders.ts'
import { fail } from './output.ts'

export const SURFACE_HELP = 'what Redox offered: a date YYYY-MM-DD, latest, full, or the name of an imported surface'

/** Names that a file can bear and that no date, keyword or path is. */
const NAME = /^[a-z][a-z0-9_.-]{0,63}$/i

/** The newest recorded surface not after the date, or the imported one of that name. */
export function surfaceOf(what: string, nor = ''): Surface {
  const file = surfaceFileOf(what)
  if (file !== undefined) return imported(file)
  if (what !== 'latest' && !isDay(what))
    fail(`"${what}" is no surface${nor && ` ${nor}`}: give YYYY-MM-DD, latest, full, or a name that "bootgraph surface import" was given`)
  const newest = surfaceAt('latest')?.date ?? ''
  if (what !== 'latest' && what > newest) process.stderr.write(`note: nothing is recorded after ${newest}, which stands for ${what}\n`)
  return surfaceAt(what) ?? fail(`no surface is recorded for ${what}; "bootgraph surface list" lists what there is`)
}

/** The file of an imported surface; undefined for everything else. */
export function surfaceFileOf(name: string): string | undefined {
  const file = join(surfaceFolder(), `${name}.json`)
  return isFree(name) && existsSync(file) ? file : undefined
}

function imported(file: string): Surface {
  try {
    const surface = readSurfaceDocument(readFileSync(file, 'utf8'))
    if (surface !== 'full') return surface
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  return fail(`${file}: is no surface; import it again`)
}

const isFree = (name: string): boolean => NAME.test(name) && !['latest', 'full'].includes(name)

/** Keeps a surface under its name. */
export function keepSurface(surface: Surface): string {
  if (!isFree(surface.date)) fail(`--name ${surface.date}: expected a letter, then letters, digits, ".", "_" or "-"; not latest or full`)
  const file = join(surfaceFolder(), `${surface.date}.json`)
  mkdirSync(surfaceFolder(), { recursive: true })
  writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(surfaceDocument(surface))}\n`)
  renameSync(`${file}.${process.pid}`, file)
  return file
}

/** Every imported surface, by name. */
export function importedSurfaces(): Surface[] {
  if (!existsSync(surfaceFolder())) return []
  const names = readdirSync(surfaceFolder()).flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -5)] : []))
  return names.sort().flatMap((name) => (surfaceFileOf(name) === undefined ? [] : [surfaceOf(name)]))
}

/** Every recorded surface, oldest first. */
export function allSurfaces(): Surface[] {
  const found: Surface[] = []
  for (let surface = surfaceAt('latest'); surface; surface = surfaceAt(dayBefore(surface.date))) found.unshift(surface)
  return found
}

const dayBefore = (date: string): string => new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)
