/** Serves the built pages: files by name, and the one page for every address that its router knows. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type {} from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { ApiError } from '../errors.ts'

/** Guest text never becomes markup, and nothing is loaded from elsewhere. */
const POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/** What the addresses of pages begin with. */
const PAGES = new Set(['', 'builds', 'gaps', 'surfaces', 'workers', 'start', 'compare'])

/** `folder`: what `nx build dashboard` made. */
export async function serveDashboard(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, { root: folder, serve: false })
  app.get<{ Params: { '*': string } }>('/*', { schema: { hide: true }, config: { rateLimit: false } }, async (request, reply) => {
    const path = request.params['*']
    const isFile = path !== '' && !path.includes('..') && existsSync(join(folder, path))
    const isPage = PAGES.has(path.split('/', 1)[0])
    // A person with a wrong link gets the page that says so.
    const reads = path !== 'api' && !path.startsWith('api/') && request.headers.accept?.includes('text/html')
    if (!isFile && !isPage && !path.startsWith('assets/') && !reads) throw new ApiError('not-found', 'no such address')
    reply.headers({ 'content-security-policy': POLICY, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
    // Only what the bundler named by its content may be kept.
    if (path.startsWith('assets/')) return reply.sendFile(path, { maxAge: '365d', immutable: true })
    if (!isFile && !isPage) reply.code(404)
    return reply.header('cache-control', 'no-cache').sendFile(isFile ? path : 'index.html', { cacheControl: false })
  })
}
