/** Tokens, sessions, webhooks, the audit trail. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Static } from 'typebox'
import { serve } from '../contract/operation.ts'
import * as contract from '../contract/system.ts'
import { BLOCKED_PORTS } from '../domain/blocked-ports.ts'
import { transaction } from '../domain/transaction.ts'
import { ApiError } from '../errors.ts'
import { askerOf, audit, createToken, revokeToken, type Scope, SESSION_COOKIE, tokenOf, tokensConfigured } from '../plugins/auth.ts'
import { decodeCursor, PAGE, pageOf, present } from '../views/page.ts'
import type { RouteDeps } from './deps.ts'

type Token = Static<NonNullable<(typeof contract.listTokens)['answer']>>['items'][number]
type Webhook = Static<NonNullable<(typeof contract.listWebhooks)['answer']>>['items'][number]
/** A page of a list, or of one row by its id. */
interface Asked {
  readonly id?: string
  readonly limit?: number
  readonly cursor?: string
}

export async function accessRoutes(app: FastifyInstance, { pool, ownSecret }: RouteDeps): Promise<void> {
  const tokens = async ({ id, limit = PAGE, cursor }: Asked) => {
    const after = decodeCursor(cursor, ['time', 'string'])
    const { rows } = await pool.query<Token>(
      `SELECT id, name, scopes, created_at AS "createdAt", expires_at AS "expiresAt", revoked_at AS "revokedAt", used_at AS "usedAt"
       FROM token WHERE ($1::text IS NULL OR id = $1) AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3))
       ORDER BY created_at DESC, id DESC LIMIT $4`,
      [id ?? null, after?.[0] ?? null, after?.[1] ?? null, limit + 1],
    )
    return pageOf(
      rows,
      limit,
      (row) => present(row) as Token,
      (row) => [row.createdAt, row.id],
    )
  }
  serve(app, contract.listTokens, ({ query }) => tokens(query))
  serve(app, contract.createToken, async ({ body, request }) => {
    const expiresAt = body.expiresAt === undefined ? undefined : new Date(body.expiresAt)
    // A leap second is a time of day, and none that a computer's clock shows, nor is one before 1970.
    if (expiresAt && !(expiresAt.getTime() >= 0)) throw new ApiError('bad-request', 'body.expiresAt is no time')
    const { id, secret } = await transaction(pool, async (client) => {
      const made = await createToken(client, body.name, body.scopes, expiresAt)
      await audit(client, request, 'token.create', made.id, { name: body.name, scopes: body.scopes })
      return made
    })
    return { token: (await tokens({ id })).items[0]!, secret }
  })
  serve(app, contract.revokeToken, async ({ params, request }) => {
    await transaction(pool, async (client) => {
      if (!(await revokeToken(client, params.id))) throw new ApiError('not-found', 'no such token, or it was revoked before')
      await audit(client, request, 'token.revoke', params.id)
    })
    return { id: params.id }
  })

  const attributes = 'Path=/; HttpOnly; SameSite=Strict'
  serve(app, contract.openSession, async ({ body, reply }) => {
    const found = await tokenOf(pool, body.secret)
    if (found === undefined) throw new ApiError('unauthorised', 'the token is unknown, expired or revoked')
    reply.header('set-cookie', `${SESSION_COOKIE}=${body.secret}; ${attributes}`)
    return { scopes: [...found.scopes] }
  })
  serve(app, contract.showSession, async ({ request }) => {
    const asker = await askerOf(pool, request, ownSecret)
    return { scopes: [...(asker?.scopes ?? [])] as Scope[], tokensConfigured: await tokensConfigured(pool) }
  })
  serve(app, contract.closeSession, async ({ reply }) => {
    reply.header('set-cookie', `${SESSION_COOKIE}=; ${attributes}; Max-Age=0`)
    return { closed: true }
  })

  const webhooks = async ({ id, limit = PAGE, cursor }: Asked) => {
    const after = decodeCursor(cursor, ['time', 'string'])
    const { rows } = await pool.query<Webhook>(
      `SELECT w.id, w.url, w.events, w.created_at AS "createdAt",
              (SELECT count(*)::int FROM webhook_delivery d WHERE d.webhook = w.id AND d.next_try_at IS NOT NULL) AS pending,
              (SELECT count(*)::int FROM webhook_delivery d WHERE d.webhook = w.id AND d.next_try_at IS NULL AND d.delivered_at IS NULL) AS failed
       FROM webhook w WHERE ($1::text IS NULL OR w.id = $1) AND ($2::timestamptz IS NULL OR (w.created_at, w.id) < ($2, $3))
       ORDER BY w.created_at DESC, w.id DESC LIMIT $4`,
      [id ?? null, after?.[0] ?? null, after?.[1] ?? null, limit + 1],
    )
    return pageOf(
      rows,
      limit,
      (row) => row,
      (row) => [row.createdAt, row.id],
    )
  }
  serve(app, contract.listWebhooks, ({ query }) => webhooks(query))
  serve(app, contract.createWebhook, async ({ body, request }) => {
    const fault = faultOf(body.url)
    if (fault !== undefined) throw new ApiError('bad-request', `body.url ${fault}`)
    const [id, secret] = [randomUUID(), randomBytes(32).toString('base64url')]
    await transaction(pool, async (client) => {
      await client.query('INSERT INTO webhook (id, url, secret, events) VALUES ($1, $2, $3, $4)', [id, body.url, secret, body.events])
      await audit(client, request, 'webhook.create', id, { url: body.url, events: body.events })
    })
    return { webhook: (await webhooks({ id })).items[0]!, secret }
  })
  serve(app, contract.deleteWebhook, async ({ params, request }) => {
    await transaction(pool, async (client) => {
      await client.query('DELETE FROM webhook_delivery WHERE webhook = $1', [params.id])
      const { rowCount } = await client.query('DELETE FROM webhook WHERE id = $1', [params.id])
      if (rowCount === 0) throw new ApiError('not-found', 'no such webhook')
      await audit(client, request, 'webhook.delete', params.id)
    })
    return { id: params.id }
  })

  serve(app, contract.listAudit, async ({ query }) => {
    const limit = query.limit ?? PAGE
    const after = decodeCursor(query.cursor, ['number'])
    const { rows } = await pool.query<{
      id: number
      at: string
      who: string
      what: string
      subject: string
      detail: Record<string, unknown>
    }>('SELECT id, at, who, what, subject, detail FROM audit WHERE $1::bigint IS NULL OR id < $1 ORDER BY id DESC LIMIT $2', [
      after?.[0] ?? null,
      limit + 1,
    ])
    return pageOf(
      rows,
      limit,
      (row) => row,
      (row) => [row.id],
    )
  })
}

/** Why an address cannot be called, though it has the pattern of a URL; who calls it takes no password from it. */
function faultOf(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.username !== '' || url.password !== '') return 'is no address that can be called, or holds a password'
  // The port that belongs to the protocol is not spelt out.
  return url.port !== '' && BLOCKED_PORTS.has(Number(url.port)) ? `names the port ${url.port}, at which fetch asks nobody` : undefined
}
