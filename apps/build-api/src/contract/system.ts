/** The service itself: events, feed, store, Nx's cache, tokens, webhooks, audit, health. */
import { Type } from 'typebox'
import { SCOPES } from '../plugins/auth.ts'
import { Count, Digest, fields, Id, oneOf, Page, paged, shape, Time } from './common.ts'
import { operation } from './operation.ts'

export const EVENT_TYPES = ['build', 'unit', 'gap', 'worker'] as const
export const streamEvents = operation({
  id: 'streamEvents',
  method: 'GET',
  url: '/events',
  tag: 'events',
  summary: 'server-sent events; id is the sequence, Last-Event-ID (or ?after=) resumes; event is the type, data an Event',
  scope: 'read',
  query: fields({ build: Type.Optional(Id), after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })) }),
  produces: 'text/event-stream',
})
export const listEvents = operation({
  id: 'listEvents',
  method: 'GET',
  url: '/events/list',
  tag: 'events',
  summary: 'recorded events after a sequence number',
  scope: 'read',
  query: fields({
    build: Type.Optional(Id),
    after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 })),
    limit: Page.limit,
  }),
  answer: shape('Events', {
    events: Type.Array(
      shape('Event', {
        sequence: Count,
        at: Time,
        type: oneOf(EVENT_TYPES),
        build: Type.Optional(Id),
        data: Type.Record(Type.String(), Type.Unknown(), {
          description:
            'build: {state, counts}; unit: {id, name, state, attempt}; gap: {key, what: opened, closed or returned}; worker: {id, state}',
        }),
      }),
    ),
  }),
})
export const feed = operation({
  id: 'feed',
  method: 'GET',
  url: '/feed.atom',
  tag: 'events',
  summary: 'Atom feed of new gaps, closed gaps and regressions',
  scope: 'read',
  produces: 'application/atom+xml',
})

const blob = fields({ digest: Digest })
export const readBlob = operation({
  id: 'readBlob',
  method: 'GET',
  url: '/store/:digest',
  tag: 'store',
  summary: 'a blob; Range is understood',
  scope: 'read',
  params: blob,
  produces: 'application/octet-stream',
  problems: [404, 416],
})
export const writeBlob = operation({
  id: 'writeBlob',
  method: 'PUT',
  url: '/store/:digest',
  tag: 'store',
  summary: 'store a blob; it is verified while it is written',
  scope: 'worker',
  params: blob,
  body: Type.Any(),
  consumes: 'application/octet-stream',
  status: 201,
  answer: shape('Stored', { digest: Digest, size: Count }),
  problems: [413, 422, 507],
})
export const collectGarbage = operation({
  id: 'collectGarbage',
  method: 'POST',
  url: '/store/gc',
  tag: 'store',
  summary: "remove blobs that no recent build, pinned artifact, toolchain or image needs, and old entries of Nx's cache",
  scope: 'admin',
  body: shape('GcRequest', {
    dryRun: Type.Optional(Type.Boolean({ default: true })),
    keepDays: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 36_500,
        default: 30,
        description: "what builds of so many days need stays, and entries of Nx's cache stored within them",
      }),
    ),
  }),
  answer: shape('GcReport', {
    dryRun: Type.Boolean(),
    blobs: Count,
    bytes: Count,
    kept: Count,
    removed: Count,
    removedBytes: Count,
    roots: shape('GcRoots', { builds: Count, pinned: Count, toolchains: Count, images: Count, nx: Count }),
    nx: shape('NxGcReport', { entries: Count, removed: Count, removedBytes: Count }),
  }),
  problems: [409],
})

const nx = fields({ hash: Type.String({ pattern: '^[0-9A-Za-z_-]{1,128}$' }) })
export const readNxCache = operation({
  id: 'readNxCache',
  method: 'GET',
  url: '/nx/v1/cache/:hash',
  tag: 'nx',
  summary: "an entry of Nx's remote cache",
  scope: 'cache-read',
  params: nx,
  produces: 'application/octet-stream',
  problems: [404],
})
export const writeNxCache = operation({
  id: 'writeNxCache',
  method: 'PUT',
  url: '/nx/v1/cache/:hash',
  tag: 'nx',
  summary: 'store an entry; one that is there stays',
  scope: 'cache-write',
  params: nx,
  body: Type.Any(),
  consumes: 'application/octet-stream',
  answer: shape('NxStored', { hash: Type.String() }),
  problems: [409, 413, 507],
})

const Scope = oneOf(SCOPES)
const Token = shape('Token', {
  id: Type.String(),
  name: Type.String(),
  scopes: Type.Array(Scope),
  createdAt: Time,
  expiresAt: Type.Optional(Time),
  revokedAt: Type.Optional(Time),
  usedAt: Type.Optional(Time),
})
export const listTokens = operation({
  id: 'listTokens',
  method: 'GET',
  url: '/tokens',
  tag: 'tokens',
  summary: 'tokens, without their secrets, newest first',
  scope: 'admin',
  query: fields(Page),
  answer: paged('Tokens', Token),
})
export const createToken = operation({
  id: 'createToken',
  method: 'POST',
  url: '/tokens',
  tag: 'tokens',
  summary: 'make a token; its secret is told this once',
  scope: 'admin',
  body: shape('TokenRequest', {
    name: Type.String({ minLength: 1, maxLength: 100 }),
    scopes: Type.Array(Scope, { minItems: 1, maxItems: SCOPES.length, uniqueItems: true }),
    expiresAt: Type.Optional(Time),
  }),
  status: 201,
  answer: shape('NewToken', { token: Token, secret: Type.String() }),
})
export const revokeToken = operation({
  id: 'revokeToken',
  method: 'DELETE',
  url: '/tokens/:id',
  tag: 'tokens',
  summary: 'revoke a token for ever',
  scope: 'admin',
  params: fields({ id: Type.String({ maxLength: 64 }) }),
  answer: shape('Revoked', { id: Type.String() }),
  problems: [404],
})
export const openSession = operation({
  id: 'openSession',
  method: 'POST',
  url: '/session',
  tag: 'tokens',
  summary: 'swap a token for a cookie that scripts cannot read',
  body: shape('SessionRequest', { secret: Type.String({ minLength: 1, maxLength: 200 }) }),
  answer: shape('Session', { scopes: Type.Array(Scope) }),
  problems: [503],
})
export const showSession = operation({
  id: 'showSession',
  method: 'GET',
  url: '/session',
  tag: 'tokens',
  summary: 'what the asker may do',
  answer: shape('SessionScopes', { scopes: Type.Array(Scope), tokensConfigured: Type.Boolean() }),
  problems: [503],
})
export const closeSession = operation({
  id: 'closeSession',
  method: 'DELETE',
  url: '/session',
  tag: 'tokens',
  summary: 'forget the cookie',
  answer: shape('SessionClosed', { closed: Type.Boolean() }),
})

export const WEBHOOK_EVENTS = ['build.ended', 'gap.opened', 'gap.closed', 'gap.returned'] as const
const Webhook = shape('Webhook', {
  id: Type.String(),
  url: Type.String(),
  events: Type.Array(oneOf(WEBHOOK_EVENTS)),
  createdAt: Time,
  pending: Count,
  failed: Count,
})
export const listWebhooks = operation({
  id: 'listWebhooks',
  method: 'GET',
  url: '/webhooks',
  tag: 'webhooks',
  summary: 'webhooks, without their secrets, newest first',
  scope: 'admin',
  query: fields(Page),
  answer: paged('Webhooks', Webhook),
})
export const createWebhook = operation({
  id: 'createWebhook',
  method: 'POST',
  url: '/webhooks',
  tag: 'webhooks',
  summary: 'call an address at events; bodies are signed: X-Bootgraph-Signature is sha256=HMAC of the body under the secret',
  scope: 'admin',
  body: shape('WebhookRequest', {
    url: Type.String({
      format: 'uri',
      pattern: '^https?://',
      maxLength: 2000,
      description: 'without a password, and at no port that the fetch standard blocks',
    }),
    events: Type.Array(oneOf(WEBHOOK_EVENTS), { minItems: 1, uniqueItems: true }),
  }),
  status: 201,
  answer: shape('NewWebhook', { webhook: Webhook, secret: Type.String() }),
})
export const deleteWebhook = operation({
  id: 'deleteWebhook',
  method: 'DELETE',
  url: '/webhooks/:id',
  tag: 'webhooks',
  summary: 'call it no more',
  scope: 'admin',
  params: fields({ id: Type.String({ maxLength: 64 }) }),
  answer: shape('WebhookDeleted', { id: Type.String() }),
  problems: [404],
})
export const listAudit = operation({
  id: 'listAudit',
  method: 'GET',
  url: '/audit',
  tag: 'audit',
  summary: 'who triggered what, newest first',
  scope: 'admin',
  query: fields(Page),
  answer: paged(
    'AuditTrail',
    shape('AuditEntry', {
      id: Count,
      at: Time,
      who: Type.String(),
      what: Type.String(),
      subject: Type.String(),
      detail: Type.Record(Type.String(), Type.Unknown()),
    }),
  ),
})

export const health = operation({
  id: 'health',
  method: 'GET',
  url: '/health',
  tag: 'health',
  summary: 'the process answers',
  answer: shape('Health', { status: oneOf(['ok'] as const) }),
})
export const ready = operation({
  id: 'ready',
  method: 'GET',
  url: '/ready',
  tag: 'health',
  summary: 'database, queue and store answer',
  answer: shape('Readiness', { status: oneOf(['ready'] as const) }),
  problems: [503],
})
export const metrics = operation({
  id: 'metrics',
  method: 'GET',
  url: '/metrics',
  tag: 'health',
  summary: 'Prometheus metrics',
  scope: 'read',
  produces: 'text/plain',
})
