/** Units, their attempts, logs and outputs, and why a unit ran. */
import { Type } from 'typebox'
import { AsOf, Count, Digest, fields, Id, oneOf, Page, paged, shape, Word } from './common.ts'
import { operation } from './operation.ts'
import { Attempt, GapRef, Unit, UnitState, unitMembers } from './unit-shape.ts'

const tag = 'units'
const one = fields({ build: Id, unit: Id })
const attempt = fields({ build: Id, unit: Id, attempt: Type.Integer({ minimum: 1, maximum: 1_000_000 }) })
const Stream = oneOf(['stdout', 'stderr'] as const)

export const listUnits = operation({
  id: 'listUnits',
  method: 'GET',
  url: '/builds/:build/units',
  tag,
  summary: 'units of a build',
  scope: 'read',
  params: fields({ build: Id }),
  query: fields({
    ...Page,
    state: Type.Optional(Type.String({ maxLength: 200, description: 'states, joined by commas' })),
    stage: Type.Optional(Word),
    rung: Type.Optional(Word),
    gap: Type.Optional(Type.String({ maxLength: 1200, description: 'key of a gap that the unit met' })),
    blockedBy: Type.Optional(Id),
    q: Type.Optional(Word),
    sort: Type.Optional(oneOf(['plan', 'name', 'state', 'blocks', 'duration'] as const)),
  }),
  answer: paged('Units', Unit),
  problems: [404],
})
export const showUnit = operation({
  id: 'showUnit',
  method: 'GET',
  url: '/builds/:build/units/:unit',
  tag,
  summary: 'a unit with its action, attempts, gaps and neighbours',
  scope: 'read',
  params: one,
  answer: shape('UnitDetail', {
    ...unitMembers,
    asOf: AsOf,
    needs: Type.Array(Id),
    neededBy: Type.Array(Id),
    unavailable: Type.Optional(Type.String()),
    content: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'the action, every ingredient of its digest' })),
    attempts: Type.Array(Attempt),
    gaps: Type.Array(shape('UnitGap', { gap: GapRef, occurrences: Count, found: Type.String(), stopped: Type.Boolean() })),
  }),
  problems: [404],
})
export const showAttempt = operation({
  id: 'showAttempt',
  method: 'GET',
  url: '/builds/:build/units/:unit/attempts/:attempt',
  tag,
  summary: 'one attempt at a unit',
  scope: 'read',
  params: attempt,
  answer: Attempt,
  problems: [404],
})
export const readLog = operation({
  id: 'readLog',
  method: 'GET',
  url: '/builds/:build/units/:unit/attempts/:attempt/log',
  tag,
  summary: 'the bytes of a log; Range is understood, also while it grows',
  scope: 'read',
  params: attempt,
  query: fields({ stream: Type.Optional(Stream) }),
  produces: 'text/plain',
  problems: [404, 416],
})
export const logLines = operation({
  id: 'logLines',
  method: 'GET',
  url: '/builds/:build/units/:unit/attempts/:attempt/log/lines',
  tag,
  summary: 'lines of a log by number, counted from 1',
  scope: 'read',
  params: attempt,
  query: fields({
    stream: Type.Optional(Stream),
    from: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000, default: 1 })),
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 2000, default: 200 })),
  }),
  answer: shape('LogLines', {
    from: Type.Integer(),
    lines: Type.Array(Type.String()),
    total: Count,
    complete: Type.Boolean(),
  }),
  problems: [404],
})
export const searchLog = operation({
  id: 'searchLog',
  method: 'GET',
  url: '/builds/:build/units/:unit/attempts/:attempt/log/search',
  tag,
  summary: 'every line of a log that holds the words; total is exact',
  scope: 'read',
  params: attempt,
  query: fields({
    stream: Type.Optional(Stream),
    q: Type.String({ minLength: 1, maxLength: 200 }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  }),
  answer: shape('LogMatches', {
    total: Count,
    matches: Type.Array(shape('LogMatch', { line: Type.Integer({ minimum: 1 }), text: Type.String() })),
  }),
  problems: [404],
})
export const tailLog = operation({
  id: 'tailLog',
  method: 'GET',
  url: '/builds/:build/units/:unit/attempts/:attempt/log/tail',
  tag,
  summary: 'server-sent events: each has a piece of the log as data {stream, start, text}; the last is of type end',
  scope: 'read',
  params: attempt,
  query: fields({
    from: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'byte of stdout to begin at' })),
  }),
  produces: 'text/event-stream',
  problems: [404],
})
export const explainUnit = operation({
  id: 'explainUnit',
  method: 'GET',
  url: '/builds/:build/units/:unit/explain',
  tag,
  summary: 'why a unit ran: its ingredients beside those of the time before, the changed ones first',
  scope: 'read',
  params: one,
  query: fields({ against: Type.Optional(Id) }),
  answer: shape('Explanation', {
    unit: Id,
    name: Type.String(),
    action: Type.Optional(Digest),
    against: Type.Optional(shape('ExplainedAgainst', { build: Id, action: Type.Optional(Digest), at: Type.String() })),
    verdict: oneOf(['first', 'same', 'changed', 'not-ready'] as const),
    ran: Type.Boolean({ description: 'false: its result came from the cache' }),
    ingredients: Type.Array(
      shape('Ingredient', {
        name: Type.String(),
        changed: Type.Boolean(),
        now: Type.String(),
        before: Type.Optional(Type.String()),
        from: Type.Optional(Type.Array(Id, { description: 'needed units whose outputs changed' })),
        bundles: Type.Optional(Type.Array(Type.String(), { description: 'of a node image: rooms of the machine that are not the same' })),
      }),
    ),
  }),
  problems: [404],
})
export const pairUnit = operation({
  id: 'pairUnit',
  method: 'GET',
  url: '/builds/:build/units/:unit/pair',
  tag,
  summary: 'the same unit under the other linkage of the same build',
  scope: 'read',
  params: one,
  answer: shape('UnitPair', {
    unit: Unit,
    other: Type.Optional(Unit),
    gapsOnly: Type.Array(GapRef),
    otherGapsOnly: Type.Array(GapRef),
    gapsBoth: Type.Array(GapRef),
  }),
  problems: [404],
})
export const listArtifacts = operation({
  id: 'listArtifacts',
  method: 'GET',
  url: '/builds/:build/artifacts',
  tag: 'artifacts',
  summary: 'trees that the good units of a build made',
  scope: 'read',
  params: fields({ build: Id }),
  query: fields(Page),
  answer: paged('Artifacts', shape('Artifact', { unit: Id, name: Type.String(), tree: Digest, pinned: Type.Boolean() })),
  problems: [404],
})
export const pinArtifact = operation({
  id: 'pinArtifact',
  method: 'PUT',
  url: '/builds/:build/artifacts/:unit/pin',
  tag: 'artifacts',
  summary: 'keep an artifact for ever, or no longer',
  scope: 'trigger',
  params: one,
  body: shape('Pin', { pinned: Type.Boolean() }),
  answer: shape('Pinned', { unit: Id, tree: Digest, pinned: Type.Boolean() }),
  problems: [404, 409],
})
export const listFiles = operation({
  id: 'listFiles',
  method: 'GET',
  url: '/builds/:build/artifacts/:unit/files',
  tag: 'artifacts',
  summary: 'what is in an artifact',
  scope: 'read',
  params: one,
  answer: shape('Files', {
    tree: Digest,
    files: Type.Array(
      shape('File', {
        path: Type.String(),
        kind: oneOf(['file', 'symlink'] as const),
        size: Type.Optional(Count),
        digest: Type.Optional(Digest),
        executable: Type.Optional(Type.Boolean()),
        target: Type.Optional(Type.String()),
      }),
    ),
    truncated: Type.Boolean(),
  }),
  problems: [404],
})
export const readFile = operation({
  id: 'readFile',
  method: 'GET',
  url: '/builds/:build/artifacts/:unit/file',
  tag: 'artifacts',
  summary: 'one file of an artifact, by its path',
  scope: 'read',
  params: one,
  query: fields({ path: Type.String({ minLength: 1, maxLength: 4096 }) }),
  produces: 'application/octet-stream',
  problems: [404],
})
export const showAction = operation({
  id: 'showAction',
  method: 'GET',
  url: '/actions/:action',
  tag,
  summary: 'an action, its cached result if every blob of it is there, and the units that asked for it',
  scope: 'read',
  params: fields({ action: Digest }),
  answer: shape('ActionDetail', {
    action: Digest,
    content: Type.Record(Type.String(), Type.Unknown()),
    result: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    units: Type.Array(shape('Asker', { build: Id, unit: Id, name: Type.String(), state: UnitState })),
    defects: Type.Integer({ minimum: 0, description: 'times that another outcome came back' }),
    quarantined: Type.Optional(Type.String()),
  }),
  problems: [404],
})
