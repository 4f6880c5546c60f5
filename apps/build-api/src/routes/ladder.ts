/** The ladder, the dated surfaces, the toolchains. */

import { isDay } from '@bootgraph/build-graph'
import { type Surface, surfaceAt } from '@bootgraph/relibc/surface'
import { listReferences } from '@bootgraph/rustc-bootstrap'
import type { FastifyInstance } from 'fastify'
import * as contract from '../contract/ladder.ts'
import { serve } from '../contract/operation.ts'
import { ApiError } from '../errors.ts'
import { historyOf, ladderOf } from '../views/ladder-view.ts'
import type { RouteDeps } from './deps.ts'

export async function ladderRoutes(app: FastifyInstance, { pool, place }: RouteDeps): Promise<void> {
  serve(app, contract.showLadder, ({ query }) => ladderOf(pool, query))
  serve(app, contract.ladderHistory, ({ query }) => historyOf(pool, query))

  serve(app, contract.listSurfaces, async () => ({
    surfaces: allSurfaces().map(({ date, commit, symbols }) => {
      const stubs = [...symbols.values()].filter(({ status }) => status === 'stub').length
      return { date, commit, implemented: symbols.size - stubs, stubs }
    }),
  }))
  serve(app, contract.showSurface, async ({ params }) => {
    const { date, commit, symbols } = surfaceOf(params.date)
    return {
      date,
      commit,
      symbols: [...symbols].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, { kind, status }]) => ({ name, kind, status })),
    }
  })
  serve(app, contract.diffSurfaces, async ({ params }) => {
    const [from, to] = [surfaceOf(params.date), surfaceOf(params.other)]
    const names = [...new Set([...from.symbols.keys(), ...to.symbols.keys()])].sort()
    const changes = names.flatMap((name) => {
      const [before, after] = [from.symbols.get(name)?.status, to.symbols.get(name)?.status]
      return before === after ? [] : [{ name, ...(before ? { before } : {}), ...(after ? { after } : {}) }]
    })
    return { from: from.date, to: to.date, changes }
  })

  serve(app, contract.listToolchains, async () => ({
    toolchains: listReferences(place).map(({ name, title, kind, tree, files, bytes }) => ({ name, title, kind, tree, files, bytes })),
  }))
}

function surfaceOf(date: string): Surface {
  const surface = date === 'latest' || isDay(date) ? surfaceAt(date) : undefined
  if (surface === undefined) throw new ApiError('not-found', `no surface is recorded for ${date}`)
  return surface
}

let found: readonly Surface[] | undefined

/** Every recorded surface, oldest first. */
function allSurfaces(): readonly Surface[] {
  if (found !== undefined) return found
  const all: Surface[] = []
  for (let surface = surfaceAt('latest'); surface; surface = surfaceAt(dayBefore(surface.date))) all.unshift(surface)
  return (found = all)
}

const dayBefore = (date: string): string => new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)
