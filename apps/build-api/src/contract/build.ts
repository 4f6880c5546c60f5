/** Builds: create, list, show, cancel, retry, compare, graph. */
import { Type } from 'typebox'
import {
  AsOf,
  Count,
  Digest,
  fields,
  Id,
  Linkage,
  Milliseconds,
  Mode,
  oneOf,
  Page,
  paged,
  SurfaceName,
  shape,
  Time,
  Word,
} from './common.ts'
import { operation } from './operation.ts'
import { GapRef, UnitState } from './unit-shape.ts'

const tag = 'builds'
export const BuildRequest = shape('BuildRequest', {
  stage: Type.String({ minLength: 1, maxLength: 64, description: 'one of GET /stages' }),
  rungs: Type.Optional(Type.Array(Word, { minItems: 1, maxItems: 64, uniqueItems: true, description: 'only these and what they need' })),
  linkage: Type.Optional(
    Type.Array(Linkage, { minItems: 1, maxItems: 2, uniqueItems: true, description: 'how the compiler itself runs; both if absent' }),
  ),
  targetLinkage: Type.Optional(Linkage),
  surface: Type.Optional(SurfaceName),
  mode: Type.Optional(Mode),
  toolchain: Type.Optional(Word),
  overlays: Type.Optional(Type.Array(Word, { maxItems: 32, uniqueItems: true })),
  image: Type.Optional(Digest),
  seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 })),
  priority: Type.Optional(oneOf(['interactive', 'background'] as const)),
})
/** The request with every choice made. */
export const Resolved = shape('ResolvedRequest', {
  stage: Type.String(),
  rungs: Type.Optional(Type.Array(Type.String())),
  linkage: Type.Array(Linkage),
  targetLinkage: Linkage,
  surface: Type.String(),
  mode: Mode,
  toolchain: Type.String(),
  overlays: Type.Array(Type.String()),
  image: Digest,
  seed: Type.Integer(),
})
export const BuildState = oneOf(['running', 'ended', 'cancelled'] as const)
/** One consistent set: the members after `total` add up to it. */
export const Counts = shape('Counts', {
  total: Count,
  waiting: Count,
  ready: Count,
  queued: Count,
  running: Count,
  built: Count,
  cached: Count,
  failed: Count,
  blocked: Count,
  cancelled: Count,
})
const summary = {
  id: Id,
  request: Resolved,
  state: BuildState,
  priority: Type.Integer(),
  createdAt: Time,
  endedAt: Type.Optional(Time),
  triggeredBy: Type.String(),
  counts: Counts,
}
export const Build = shape('Build', summary)
const Running = shape('RunningUnit', {
  id: Id,
  name: Type.String(),
  worker: Type.Optional(Type.String()),
  since: Time,
  expected: Milliseconds,
})
const Blocker = shape('Blocker', {
  unit: Id,
  name: Type.String(),
  linkage: Type.Optional(Linkage),
  state: UnitState,
  message: Type.Optional(Type.String({ description: 'why it is not good, or why nothing could run it; one line' })),
  blocks: Type.Integer({ minimum: 0, description: 'units that have this one somewhere before them and are blocked' }),
  gap: Type.Optional(GapRef),
})
export const BuildDetail = shape('BuildDetail', {
  ...summary,
  asOf: AsOf,
  running: Type.Array(Running),
  blockers: Type.Array(Blocker, { description: 'what failed or could not run, and stands behind nothing of the kind: failures first' }),
  criticalPath: Type.Array(shape('PathStep', { id: Id, name: Type.String(), expected: Milliseconds })),
  /** Predicted for the workers there are; absent while recorded durations cover less than a fifth of the work. */
  left: Type.Optional(shape('TimeLeft', { least: Milliseconds, most: Milliseconds })),
})
const one = fields({ build: Id })

export const createBuild = operation({
  id: 'createBuild',
  method: 'POST',
  url: '/builds',
  tag,
  summary: 'plan a build and start it',
  scope: 'trigger',
  body: BuildRequest,
  status: 201,
  answer: Build,
  problems: [404, 409, 422],
})
export const planBuild = operation({
  id: 'planBuild',
  method: 'POST',
  url: '/builds/plan',
  tag,
  summary: 'what a build would do: nothing is started',
  scope: 'read',
  body: BuildRequest,
  answer: shape('PlannedBuild', {
    request: Resolved,
    total: Count,
    cached: Type.Integer({ minimum: 0, description: 'predicted: units whose action has a result' }),
    unavailable: Count,
    expected: Type.Number({ minimum: 0, description: 'predicted milliseconds of the longest path' }),
    units: Type.Array(
      shape('PlannedUnit', {
        id: Id,
        name: Type.String(),
        stage: Type.String(),
        needs: Type.Array(Id),
        expected: Milliseconds,
        unavailable: Type.Optional(Type.String()),
      }),
    ),
  }),
  problems: [404, 409, 422],
})
export const listBuilds = operation({
  id: 'listBuilds',
  method: 'GET',
  url: '/builds',
  tag,
  summary: 'builds, newest first',
  scope: 'read',
  query: fields({ ...Page, state: Type.Optional(BuildState), stage: Type.Optional(Word), surface: Type.Optional(Word) }),
  answer: paged('Builds', Build),
})
export const showBuild = operation({
  id: 'showBuild',
  method: 'GET',
  url: '/builds/:build',
  tag,
  summary: 'a build with what runs, what blocks and how long it will take',
  scope: 'read',
  params: one,
  answer: BuildDetail,
  problems: [404],
})
export const cancelBuild = operation({
  id: 'cancelBuild',
  method: 'POST',
  url: '/builds/:build/cancel',
  tag,
  summary: 'stop a build, running nodes included',
  scope: 'trigger',
  params: one,
  answer: Build,
  problems: [404, 409],
})
export const retryBuild = operation({
  id: 'retryBuild',
  method: 'POST',
  url: '/builds/:build/retry',
  tag,
  summary: 'run failed or cancelled units again, past the cache; attempts are kept',
  scope: 'trigger',
  params: one,
  body: shape('RetryRequest', {
    units: Type.Optional(
      Type.Array(Id, { minItems: 1, maxItems: 1000, uniqueItems: true, description: 'all that failed or were cancelled if absent' }),
    ),
  }),
  answer: Build,
  problems: [404, 409],
})
export const buildGraph = operation({
  id: 'buildGraph',
  method: 'GET',
  url: '/builds/:build/graph',
  tag,
  summary: 'the graph in columns: member i of each list is unit i; edges name units by position',
  scope: 'read',
  params: one,
  answer: shape('BuildGraph', {
    asOf: AsOf,
    units: shape('GraphColumns', {
      id: Type.Array(Id),
      name: Type.Array(Type.String()),
      stage: Type.Array(Type.String()),
      kind: Type.Array(Type.String()),
      state: Type.Array(UnitState),
      expected: Type.Array(Milliseconds),
    }),
    edges: shape('EdgeColumns', { from: Type.Array(Count), to: Type.Array(Count) }),
  }),
  problems: [404],
})

/** Failing is what ran and failed; not-run is what did not run to its end on one side or on both. */
const COMPARED = ['newly-failing', 'newly-passing', 'still-failing', 'still-passing', 'not-run', 'only-a', 'only-b'] as const
const side = Type.Optional(
  shape('ComparedSide', {
    unit: Id,
    linkage: Type.Optional(Linkage),
    state: UnitState,
    gap: Type.Optional(GapRef),
    milliseconds: Type.Optional(Milliseconds),
  }),
)
export const compareBuilds = operation({
  id: 'compareBuilds',
  method: 'GET',
  url: '/builds/:build/compare/:other',
  tag,
  summary: 'two builds unit by unit: build is a, other is b; units match by id, with ?linkages= apart by name',
  scope: 'read',
  params: fields({ build: Id, other: Id }),
  query: fields({ linkages: Type.Optional(oneOf(['same', 'static-dynamic'] as const)), class: Type.Optional(oneOf(COMPARED)) }),
  answer: shape('Comparison', {
    a: Build,
    b: Build,
    differ: Type.Array(shape('Difference', { name: Type.String(), a: Type.String(), b: Type.String() })),
    counts: shape('ComparisonCounts', {
      total: Count,
      ...(Object.fromEntries(COMPARED.map((word) => [word, Count])) as Record<(typeof COMPARED)[number], typeof Count>),
    }),
    gaps: shape('ComparedGaps', { onlyA: Type.Array(GapRef), onlyB: Type.Array(GapRef), both: Count }),
    cpu: shape('ComparedCpu', {
      units: Type.Integer({ minimum: 0, description: 'that ran on both sides: the times are theirs, cached ones as they were measured' }),
      a: Milliseconds,
      b: Milliseconds,
    }),
    units: Type.Array(shape('ComparedUnit', { name: Type.String(), class: oneOf(COMPARED), a: side, b: side })),
  }),
  problems: [404],
})
export const listStages = operation({
  id: 'listStages',
  method: 'GET',
  url: '/stages',
  tag,
  summary: 'what can be built',
  scope: 'read',
  answer: shape('Stages', {
    stages: Type.Array(
      shape('Stage', {
        id: Type.String(),
        title: Type.String(),
        rungs: Type.Array(
          shape('StageRung', { id: Type.String(), title: Type.String(), needs: Type.Array(Type.String()), linkages: Type.Array(Linkage) }),
        ),
      }),
    ),
    overlays: Type.Array(Type.String()),
  }),
})
export type CompareClass = (typeof COMPARED)[number]
