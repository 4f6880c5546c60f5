/** Builds: create, list, show, cancel, retry, compare, graph. */
import { OVERLAYS, PLANNED_STAGES, RUNGS, STAGES } from '@bootgraph/rustc-bootstrap'
import type { FastifyInstance } from 'fastify'
import * as contract from '../contract/build.ts'
import { serve } from '../contract/operation.ts'
import { cancel, retry } from '../domain/control.ts'
import { createBuild, planRequest } from '../domain/create-build.ts'
import { previewOf } from '../domain/record-plan.ts'
import { ApiError } from '../errors.ts'
import { audit } from '../plugins/auth.ts'
import { buildDetail, buildOf, listBuilds } from '../views/build-view.ts'
import { compare } from '../views/compare-view.ts'
import { graphOf } from '../views/graph-view.ts'
import type { RouteDeps } from './deps.ts'

export async function buildRoutes(app: FastifyInstance, deps: RouteDeps): Promise<void> {
  const { pool, cancelled, progressed } = deps

  serve(app, contract.createBuild, async ({ body, request }) => {
    const id = await createBuild(deps, body, request.who, (build) => (client) => audit(client, request, 'build.create', build, body))
    progressed()
    return buildOf(pool, id)
  })

  serve(app, contract.planBuild, async ({ body }) => {
    const planned = await planRequest(deps, body)
    return { request: { ...planned.request, linkage: [...planned.request.linkage] } as never, ...(await previewOf(deps, planned)) }
  })

  serve(app, contract.listBuilds, ({ query }) => listBuilds(pool, query))
  serve(app, contract.showBuild, ({ params }) => buildDetail(pool, params.build))
  serve(app, contract.buildGraph, ({ params }) => graphOf(pool, params.build))
  serve(app, contract.compareBuilds, ({ params, query }) => compare(pool, params.build, params.other, query))

  serve(app, contract.cancelBuild, async ({ params, request }) => {
    await buildOf(pool, params.build)
    const done = await cancel(pool, params.build, (client) => audit(client, request, 'build.cancel', params.build))
    if (!done) throw new ApiError('conflict', 'the build has ended')
    await cancelled(params.build)
    return buildOf(pool, params.build)
  })

  serve(app, contract.retryBuild, async ({ params, body, request }) => {
    await buildOf(pool, params.build)
    const done = await retry(pool, params.build, body.units, (client) => audit(client, request, 'build.retry', params.build, body))
    if ('refused' in done) throw new ApiError('conflict', `the unit ${done.refused} is not there, has not failed and was not cancelled`)
    if (done.reopened === 0) throw new ApiError('conflict', 'no unit of the build has failed or was cancelled')
    progressed()
    return buildOf(pool, params.build)
  })

  serve(app, contract.listStages, async () => ({
    stages: PLANNED_STAGES.map((id) => ({
      id,
      title: STAGES.find((stage) => stage.id === id)?.title ?? 'the ladder',
      rungs:
        id === 'ladder'
          ? RUNGS.map((rung) => ({ id: rung.id, title: rung.title, needs: [...rung.needs], linkages: [...rung.linkages] }))
          : [],
    })),
    overlays: OVERLAYS.map(({ name }) => name),
  }))
}
