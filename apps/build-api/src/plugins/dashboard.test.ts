import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveDashboard } from './dashboard.ts'
import { answerErrors } from './error-handler.ts'

const app = Fastify()
const folder = mkdtempSync(join(tmpdir(), 'dashboard-'))

beforeAll(async () => {
  mkdirSync(join(folder, 'dist', 'assets'), { recursive: true })
  writeFileSync(join(folder, 'dist', 'index.html'), '<title>page</title>')
  writeFileSync(join(folder, 'dist', 'icon.svg'), '<svg/>')
  writeFileSync(join(folder, 'dist', 'assets', 'index-1.js'), '1')
  writeFileSync(join(folder, 'secret'), 'not for you')
  answerErrors(app)
  await serveDashboard(app, join(folder, 'dist'))
})
afterAll(async () => {
  await app.close()
  rmSync(folder, { recursive: true })
})

test('every address of the dashboard is answered with its one page, under a policy that loads nothing from elsewhere', async () => {
  for (const url of ['/', '/builds/41/units?state=failed', '/gaps/relibc/symbol-missing/socketpair']) {
    const answer = await app.inject(url)
    expect([url, answer.statusCode, answer.body]).toEqual([url, 200, '<title>page</title>'])
    expect(answer.headers['content-security-policy']).toContain("default-src 'self'")
    expect(answer.headers['cache-control']).toBe('no-cache')
  }
})

test('files named by their content may be kept for ever, others not', async () => {
  expect((await app.inject('/assets/index-1.js')).headers['cache-control']).toBe('public, max-age=31536000, immutable')
  expect((await app.inject('/icon.svg')).headers['cache-control']).toBe('no-cache')
})

test('an address that no page has is not found: a problem document, or for a browser the page that says so', async () => {
  expect((await app.inject('/metrics')).json()).toMatchObject({ code: 'not-found', status: 404 })
  const answer = await app.inject({ url: '/metrics', headers: { accept: 'text/html,*/*' } })
  expect([answer.statusCode, answer.body]).toEqual([404, '<title>page</title>'])
})

test('an unknown address below /api, a lost asset and a path that leaves the folder are no page', async () => {
  expect((await app.inject('/api/v1/nothing')).json()).toMatchObject({ code: 'not-found', status: 404 })
  expect((await app.inject('/assets/index-0.js')).statusCode).toBe(404)
  for (const path of ['/../secret', '/..%2fsecret', '/%2e%2e/secret', '/assets/..%2f..%2fsecret'])
    expect((await app.inject(path)).body).not.toContain('not for you')
})
