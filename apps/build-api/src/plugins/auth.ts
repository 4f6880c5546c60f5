/**
 * Who may do what. Tokens are 32 random bytes, kept as SHA-256; while none is configured, only loopback is served.
 * Host and Origin are checked on every request, so that a page of another site cannot reach a server on loopback.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type pg from 'pg'
import { ApiError } from '../errors.ts'

export const SCOPES = ['read', 'trigger', 'worker', 'cache-read', 'cache-write', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a token needs for this route; a route without it answers anyone whose Host and Origin are ours. */
    scope?: Scope
  }
}

const hash = (secret: string): string => createHash('sha256').update(secret).digest('hex')
const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

/** Makes a token; its secret is told this once. */
export async function createToken(
  pool: pg.Pool,
  name: string,
  scopes: readonly Scope[],
  expiresAt?: Date,
): Promise<{ id: string; secret: string }> {
  const [id, secret] = [randomUUID(), randomBytes(32).toString('base64url')]
  await pool.query('INSERT INTO token (id, hash, name, scopes, expires_at) VALUES ($1, $2, $3, $4, $5)', [
    id,
    hash(secret),
    name,
    scopes,
    expiresAt,
  ])
  return { id, secret }
}

/** True if the token was there and is revoked now. */
export async function revokeToken(pool: pg.Pool, id: string): Promise<boolean> {
  return (await pool.query('UPDATE token SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL', [id])).rowCount === 1
}

/** `hosts`: names that this server answers to, without port. */
export function authorise(app: FastifyInstance, pool: pg.Pool, hosts: readonly string[]): void {
  const served = new Set(hosts)
  app.addHook('onRequest', async (request) => {
    const { origin } = request.headers
    if (!served.has(request.hostname)) throw new ApiError('foreign-host', 'the Host header names another host')
    if (origin !== undefined && !served.has(hostOf(origin))) throw new ApiError('foreign-host', 'the Origin header names another site')
    const scope = request.routeOptions.config.scope
    if (scope !== undefined) await need(pool, request, scope)
  })
}

async function need(pool: pg.Pool, request: FastifyRequest, scope: Scope): Promise<void> {
  const secret = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
  if (secret === undefined) {
    // A revoked token still counts as configured: revoking the last one must not open the door.
    const { rowCount } = await pool.query('SELECT 1 FROM token LIMIT 1')
    if (rowCount === 0 && LOOPBACK.has(request.ip)) return
    throw new ApiError('unauthorised', 'send the token as Authorization: Bearer …')
  }
  const { rows } = await pool.query<{ scopes: Scope[] }>(
    'SELECT scopes FROM token WHERE hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())',
    [hash(secret)],
  )
  const scopes = rows[0]?.scopes
  if (scopes === undefined) throw new ApiError('unauthorised', 'the token is unknown, expired or revoked')
  if (!scopes.includes(scope) && !scopes.includes('admin')) throw new ApiError('under-scoped', `this needs the scope ${scope}`)
}

function hostOf(origin: string): string {
  try {
    return new URL(origin).hostname
  } catch {
    // `null` and what is no URL is nobody's site.
    return ''
  }
}
