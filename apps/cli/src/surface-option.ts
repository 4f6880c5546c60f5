/** Dates on the command line. */
import { type Surface, surfaceAt } from '@bootgraph/relibc/surface'
import { fail } from './output.ts'

export const SURFACE_HELP = 'date of the relibc surface: YYYY-MM-DD or latest'

/** The newest recorded surface not after the date. */
export function surfaceOf(date: string): Surface {
  if (date !== 'latest' && !/^\d{4}-\d{2}-\d{2}$/.test(date)) fail(`"${date}" is no surface: give YYYY-MM-DD or latest`)
  return surfaceAt(date) ?? fail(`no surface is recorded for ${date}; "bootgraph surface list" lists what there is`)
}

/** Every recorded surface, oldest first. */
export function allSurfaces(): Surface[] {
  const found: Surface[] = []
  for (let surface = surfaceAt('latest'); surface; surface = surfaceAt(dayBefore(surface.date))) found.unshift(surface)
  return found
}

const dayBefore = (date: string): string => new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)
