/**
 * Who may do what. Tokens are 32 random bytes, kept as SHA-256; while none is configured, only loopback is served.
 * Host and Origin are checked on every request, so that a page of another site cannot reach a server on loopback.
 */
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type pg from 'pg'
import { ApiError } from '../errors.ts'

export const SCOPES = ['read', 'trigger', 'worker', 'cache-read', 'cache-write', 'admin'] as const
export type Scope = (typeof SCOPES)[number]
export const SESSION_COOKIE = 'bootgraph_session'

/** Who sent a request, and what that one may do. */
export interface Asker {
  readonly name: string
  readonly scopes: readonly Scope[]
  /** Under what its requests are counted; undefined: they are not. */
  readonly counted: string | undefined
}

export const may = ({ scopes }: Asker, scope: Scope): boolean => scopes.includes(scope) || scopes.includes('admin')

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a token needs for this route; a route without it answers anyone whose Host and Origin are ours. */
    scope?: Scope
  }
  interface FastifyRequest {
    /** For the audit trail: a token's name, or where the request came from. */
    who: string
    /** Undefined where no scope is needed, and for a secret that opens nothing. */
    asker: Asker | undefined
    /** Whether the asker still may what the route needs: tokens expire and are revoked while a stream is open. */
    stillMay(): Promise<boolean>
  }
}

export const hash = (secret: string): string => createHash('sha256').update(secret).digest('hex')
const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])
const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]'])

/** The pool, or a transaction. */
type Database = Pick<pg.Pool, 'query'>

/** Makes a token; its secret is told this once. */
export async function createToken(
  database: Database,
  name: string,
  scopes: readonly Scope[],
  expiresAt?: Date,
): Promise<{ id: string; secret: string }> {
  const [id, secret] = [randomUUID(), randomBytes(32).toString('base64url')]
  await database.query('INSERT INTO token (id, hash, name, scopes, expires_at) VALUES ($1, $2, $3, $4, $5)', [
    id,
    hash(secret),
    name,
    scopes,
    expiresAt,
  ])
  return { id, secret }
}

/** True if the token was there and is revoked now. */
export async function revokeToken(database: Database, id: string): Promise<boolean> {
  return (await database.query('UPDATE token SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL', [id])).rowCount === 1
}

/** What a secret opens; undefined if it is unknown, expired or revoked. */
export async function tokenOf(pool: pg.Pool, secret: string): Promise<Asker | undefined> {
  const { rows } = await pool.query<Asker>(
    `UPDATE token SET used_at = now() WHERE hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
     RETURNING name, scopes, 'token ' || id AS counted`,
    [hash(secret)],
  )
  return rows[0]
}

/** A revoked token still counts as configured: revoking the last one must not open the door. */
export async function tokensConfigured(pool: pg.Pool): Promise<boolean> {
  return (await pool.query('SELECT 1 FROM token LIMIT 1')).rowCount !== 0
}

export interface AuthOptions {
  /** Names that this server answers to, without port. */
  readonly hosts: readonly string[]
  /** A secret of this process that only the owner of its data folder can read: it opens everything. */
  readonly ownSecret?: string | undefined
}

/** What whoever asks may do; undefined if a secret was sent that opens nothing. */
export async function askerOf(pool: pg.Pool, request: FastifyRequest, ownSecret: string | undefined): Promise<Asker | undefined> {
  const secret = secretOf(request)
  if (secret === undefined) {
    const open = LOOPBACK.has(request.ip) && !(await tokensConfigured(pool))
    return { name: request.ip, scopes: open ? SCOPES : [], counted: request.ip }
  }
  if (ownSecret !== undefined && same(secret, ownSecret)) return { name: 'this host', scopes: SCOPES, counted: undefined }
  return tokenOf(pool, secret)
}

export function authorise(app: FastifyInstance, pool: pg.Pool, { hosts, ownSecret }: AuthOptions): void {
  const served = new Set(hosts)
  /** A proxy in front may have a port of its own, but on loopback another port is another program. */
  const isOurs = (origin: string, host: string): boolean => {
    const site = siteOf(origin)
    return site !== undefined && (site.host === host || (served.has(site.hostname) && !LOOPBACK_NAMES.has(site.hostname)))
  }
  app.decorateRequest('who', '')
  app.decorateRequest('asker', undefined)
  app.decorateRequest('stillMay', async function (this: FastifyRequest) {
    const { scope } = this.routeOptions.config
    const asker = await askerOf(pool, this, ownSecret)
    return scope === undefined || (asker !== undefined && may(asker, scope))
  })
  app.addHook('onRequest', async (request) => {
    const { origin } = request.headers
    if (!served.has(request.hostname)) throw new ApiError('foreign-host', 'the Host header names another host')
    if (origin !== undefined && !isOurs(origin, request.host)) throw new ApiError('foreign-host', 'the Origin header names another site')
    if (request.routeOptions.config.scope !== undefined) request.asker = await askerOf(pool, request, ownSecret)
    request.who = request.asker?.name ?? request.ip
  })
  // Between the two it is counted, so that refusals are as well.
  app.addHook('preParsing', async (request) => {
    const { asker, routeOptions } = request
    const { scope } = routeOptions.config
    if (scope === undefined) return
    if (asker === undefined) throw new ApiError('unauthorised', 'the token is unknown, expired or revoked')
    if (may(asker, scope)) return
    if (secretOf(request) === undefined) throw new ApiError('unauthorised', 'send the token as Authorization: Bearer …')
    throw new ApiError('under-scoped', `this needs the scope ${scope}`)
  })
}

/** From the header, else from the cookie of a session. Browsers send the cookie only from pages of this site. */
function secretOf(request: FastifyRequest): string | undefined {
  const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (bearer !== undefined) return bearer
  return new RegExp(`(?:^|; )${SESSION_COOKIE}=([\\w-]+)`).exec(request.headers.cookie ?? '')?.[1]
}

const same = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(hash(a)), Buffer.from(hash(b)))

/** `null` and what else is no address of a page is nobody's site. */
function siteOf(origin: string): URL | undefined {
  const site = URL.canParse(origin) ? new URL(origin) : undefined
  return site?.protocol === 'http:' || site?.protocol === 'https:' ? site : undefined
}

/** Keeps who did what: in the transaction that does it, where that is one of the caller's. */
export async function audit(
  database: Database,
  request: FastifyRequest,
  what: string,
  subject: string,
  detail: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await database.query('INSERT INTO audit (who, what, subject, detail) VALUES ($1, $2, $3, $4)', [
    request.who,
    what,
    subject,
    JSON.stringify({ ...detail, requestId: request.id }),
  ])
}
