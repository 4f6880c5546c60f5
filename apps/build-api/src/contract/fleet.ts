/** Who runs things and with what: workers, queue, node images; and what workers say about attempts. */
import { Type } from 'typebox'
import { Count, Digest, fields, Id, oneOf, Page, paged, shape, Time } from './common.ts'
import { operation } from './operation.ts'

const WorkerId = Type.String({ pattern: '^[0-9A-Za-z._-]{1,128}$' })
const Held = shape('HeldAttempt', { build: Id, unit: Id, name: Type.String(), attempt: Count, since: Time })
const Worker = shape('Worker', {
  id: Type.String(),
  host: Type.String(),
  state: oneOf(['live', 'draining', 'gone'] as const),
  concurrency: Count,
  memory: Type.Integer({ minimum: 0, description: 'bytes that its nodes may use together' }),
  memoryUsed: Count,
  startedAt: Time,
  seenAt: Time,
  running: Type.Array(Held),
  lastHour: Type.Integer({ minimum: 0, description: 'attempts that it ended' }),
})
export const listWorkers = operation({
  id: 'listWorkers',
  method: 'GET',
  url: '/workers',
  tag: 'workers',
  summary: 'workers seen in the last day, the last started first',
  scope: 'read',
  query: fields(Page),
  answer: paged('Workers', Worker),
})
export const showWorker = operation({
  id: 'showWorker',
  method: 'GET',
  url: '/workers/:worker',
  tag: 'workers',
  summary: 'one worker',
  scope: 'read',
  params: fields({ worker: WorkerId }),
  answer: Worker,
  problems: [404],
})
export const heartbeat = operation({
  id: 'heartbeat',
  method: 'PUT',
  url: '/workers/:worker',
  tag: 'workers',
  summary: 'a worker says that it lives and what it holds',
  scope: 'worker',
  params: fields({ worker: WorkerId }),
  body: shape('Heartbeat', {
    host: Type.String({ minLength: 1, maxLength: 255 }),
    concurrency: Type.Integer({ minimum: 1, maximum: 10_000 }),
    memory: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    memoryUsed: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    draining: Type.Boolean(),
  }),
  answer: shape('Heard', { now: Time }),
})
export const showQueue = operation({
  id: 'showQueue',
  method: 'GET',
  url: '/queue',
  tag: 'workers',
  summary: 'health of the queue',
  scope: 'read',
  answer: shape('QueueHealth', {
    backend: oneOf(['redis', 'postgresql'] as const),
    reachable: Type.Boolean(),
    waiting: Count,
    active: Count,
    units: shape('QueueUnits', { ready: Count, queued: Count, running: Count }),
    oldestWait: Type.Optional(Type.Number({ minimum: 0, description: 'milliseconds' })),
    workers: Count,
    slots: Count,
    quarantined: Type.Array(shape('Quarantined', { action: Digest, losses: Count, error: Type.String(), since: Time })),
  }),
})
export const releaseQuarantine = operation({
  id: 'releaseQuarantine',
  method: 'DELETE',
  url: '/queue/quarantine/:action',
  tag: 'workers',
  summary: 'let an action run again that killed its nodes',
  scope: 'trigger',
  params: fields({ action: Digest }),
  answer: shape('Released', { action: Digest }),
  problems: [404],
})

const Image = shape('NodeImage', {
  digest: Digest,
  entry: Type.String(),
  bundles: Type.Record(Type.String(), Digest),
  registeredAt: Time,
  registeredBy: Type.String(),
  current: Type.Boolean({ description: 'what builds use that name no image' }),
})
export const listNodeImages = operation({
  id: 'listNodeImages',
  method: 'GET',
  url: '/node-images',
  tag: 'node-images',
  summary: 'node images that may run here, newest first',
  scope: 'read',
  query: fields(Page),
  answer: paged('NodeImages', Image),
})
export const showNodeImage = operation({
  id: 'showNodeImage',
  method: 'GET',
  url: '/node-images/:digest',
  tag: 'node-images',
  summary: 'one node image and which bundles differ from the one before',
  scope: 'read',
  params: fields({ digest: Digest }),
  answer: shape('NodeImageDetail', {
    image: Image,
    previous: Type.Optional(Digest),
    changed: Type.Array(Type.String()),
    builds: Count,
  }),
  problems: [404],
})
export const registerNodeImage = operation({
  id: 'registerNodeImage',
  method: 'PUT',
  url: '/node-images/:digest',
  tag: 'node-images',
  summary: 'let a node image run: its manifest and bundles must be stored',
  scope: 'admin',
  params: fields({ digest: Digest }),
  status: 201,
  answer: shape('Registered', { digest: Digest }),
  problems: [422],
})

const attempt = fields({ build: Id, unit: Id, attempt: Type.Integer({ minimum: 1, maximum: 1_000_000 }) })
const Completed = shape('Completion', { completion: oneOf(['recorded', 'repeated'] as const) })
const said = { action: Digest, worker: WorkerId }
export const attemptTaken = operation({
  id: 'attemptTaken',
  method: 'POST',
  url: '/attempts/:build/:unit/:attempt/taken',
  tag: 'attempts',
  summary: 'a worker has taken an attempt and is given the action',
  scope: 'worker',
  params: attempt,
  body: shape('Taken', said),
  answer: shape('TakenAction', {
    action: Type.Record(Type.String(), Type.Unknown()),
    memory: Type.Integer({ minimum: 0, description: 'bytes that the worker should keep free for its node' }),
  }),
  problems: [409],
})
export const attemptStage = operation({
  id: 'attemptStage',
  method: 'POST',
  url: '/attempts/:build/:unit/:attempt/stage',
  tag: 'attempts',
  summary: 'an attempt passed a stage',
  scope: 'worker',
  params: attempt,
  body: shape('StagePassed', { action: Digest, stage: oneOf(['inputs-fetched', 'started', 'ended', 'outputs-stored'] as const) }),
  answer: shape('StageNoted', { noted: Type.Boolean() }),
})
export const attemptLog = operation({
  id: 'attemptLog',
  method: 'POST',
  url: '/attempts/:build/:unit/:attempt/log',
  tag: 'attempts',
  summary: 'the next piece of a log; a piece that is there already changes nothing',
  scope: 'worker',
  params: attempt,
  body: shape('LogPiece', {
    action: Digest,
    stream: oneOf(['stdout', 'stderr'] as const),
    start: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'offset of its first byte' }),
    data: Type.String({ maxLength: 700_000, pattern: '^[A-Za-z0-9+/]*={0,2}$', description: 'base64' }),
  }),
  answer: shape('LogNoted', { next: Type.Integer({ minimum: 0, description: 'offset that is expected next' }) }),
  problems: [404, 409],
})
export const attemptResult = operation({
  id: 'attemptResult',
  method: 'POST',
  url: '/attempts/:build/:unit/:attempt/result',
  tag: 'attempts',
  summary: 'an attempt ended with a result',
  scope: 'worker',
  params: attempt,
  body: Type.Record(Type.String(), Type.Unknown(), {
    title: 'ActionResult',
    description: 'version, action, exit, outputs, missingOutputs, stdout, stderr, gaps, fuel, measured',
  }),
  answer: Completed,
  problems: [404, 413, 422],
})
export const attemptLost = operation({
  id: 'attemptLost',
  method: 'POST',
  url: '/attempts/:build/:unit/:attempt/lost',
  tag: 'attempts',
  summary: 'an attempt ended without a result; the unit is tried again, within limits',
  scope: 'worker',
  params: attempt,
  body: shape('Lost', { action: Digest, error: Type.String({ maxLength: 64 * 1024 }) }),
  answer: Completed,
  problems: [404],
})
