/** The pages while a real worker climbs the ladder in real nodes: nothing of what they show was written down before. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessibilityFaults, buildPages, openPage, PHONE, type RealServer, startBrowser, startRealServer, visit } from './harness.ts'

const folder = mkdtempSync(join(tmpdir(), 'dashboard-'))
let browser: Browser
let server: RealServer

beforeAll(async () => {
  buildPages(folder)
  browser = await startBrowser()
  server = await startRealServer(folder)
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  rmSync(folder, { recursive: true })
})

const cell = (page: Page, rung: string, linkage: string) => page.locator(`tr[data-rung=${rung}] td[data-linkage=${linkage}]`)
const PASSED = [
  ['node-boots', 'static'],
  ['node-boots', 'dynamic'],
  ['static-hello', 'static'],
  ['static-hello', 'dynamic'],
  ['dynamic-hello', 'dynamic'],
] as const

test('rungs are climbed before the eyes of who looks, and what a node wrote is in its log', { timeout: 240_000 }, async () => {
  const page = await openPage(browser, server)
  await visit(page, '/')
  await page.getByText('No ladder was climbed yet.').waitFor()
  const build = await server.climb('latest')

  // Another tab is told by the same stream; nobody reloads.
  const other = await page.context().newPage()
  await visit(other, `/builds/${build}`)
  for (const [rung, linkage] of PASSED)
    await expect.poll(() => cell(page, rung, linkage).getAttribute('data-state'), { timeout: 120_000 }).toBe('passed')
  for (const linkage of ['static', 'dynamic']) {
    await expect.poll(() => cell(page, 'rustc-version', linkage).getAttribute('data-state'), { timeout: 120_000 }).toBe('failed')
    await cell(page, 'rustc-version', linkage).getByText('no such program in the node').waitFor()
    expect(await cell(page, 'emit-object', linkage).getAttribute('data-state')).toBe('blocked')
  }
  expect(await cell(page, 'dynamic-hello', 'static').getAttribute('data-state')).toBe('not-applicable')
  const sums = () =>
    other
      .locator('[data-equation]')
      .first()
      .evaluate((element) => ({
        total: Number(element.querySelector<HTMLElement>('[data-total]')!.dataset.total),
        built: Number(element.querySelector<HTMLElement>('[data-state=built]')!.dataset.n),
        sum: [...element.querySelectorAll<HTMLElement>('[data-n]')].reduce((sum, part) => sum + Number(part.dataset.n), 0),
      }))
  await expect.poll(async () => (await sums()).built, { timeout: 30_000 }).toBe(PASSED.length)
  expect((await sums()).sum).toBe((await sums()).total)

  await cell(page, 'static-hello', 'static').getByRole('link').first().click()
  await page.getByRole('link', { name: 'Log', exact: true }).click()
  await page.getByText('hello from Redox system calls').waitFor()
  await visit(page, '/workers')
  await expect.poll(() => page.locator('main tbody tr').count()).toBeGreaterThan(0)
  expect(page.faults).toEqual([])
  await page.context().close()
})

test('each surface has its own ladder, and both axes of its history are lines', { timeout: 240_000 }, async () => {
  const page = await openPage(browser, server)
  await visit(page, '/?surface=2019-11-27')
  await page.getByText('No ladder was climbed with these choices.').waitFor()
  await server.climb('2019-11-27')
  for (const [rung, linkage] of PASSED.slice(0, 4))
    await expect.poll(() => cell(page, rung, linkage).getAttribute('data-state'), { timeout: 120_000 }).toBe('passed')
  await expect.poll(() => cell(page, 'rustc-version', 'static').getAttribute('data-state'), { timeout: 120_000 }).toBe('failed')
  await server.climb('latest')
  await visit(page, '/')
  await expect.poll(() => cell(page, 'static-hello', 'static').getAttribute('data-state'), { timeout: 60_000 }).toBe('passed')
  // What passed before comes from the cache, and says so.
  await cell(page, 'static-hello', 'static').getByText('cached').waitFor()
  for (const axis of ['build', 'surface'])
    for (const linkage of ['static', 'dynamic'])
      await expect
        .poll(() => page.locator(`[data-axis=${axis}] [data-linkage=${linkage}] svg[role=img]`).getAttribute('aria-label'), {
          timeout: 60_000,
        })
        .toMatch(/over 2 measurements$/)
  expect(page.faults).toEqual([])
  await page.context().close()
})

test('the pages of real runs have no fault that axe finds: light, dark, on a phone', { timeout: 180_000 }, async () => {
  const page = await openPage(browser, server, { reducedMotion: 'reduce' })
  await visit(page, '/')
  const unit = (await cell(page, 'static-hello', 'static').getByRole('link').first().getAttribute('href'))!
  const failed = (await cell(page, 'rustc-version', 'dynamic').getByRole('link').first().getAttribute('href'))!
  const build = unit.split('/units/')[0]!
  const faults: Record<string, unknown> = {}
  for (const path of ['/', build, `${unit}?view=log`, failed, '/workers']) {
    await page.setViewportSize({ width: 1440, height: 900 })
    await visit(page, path)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const found = await accessibilityFaults(page)
      if (found.length > 0) faults[`${path}, ${colorScheme}`] = found
    }
    await page.setViewportSize(PHONE)
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    const found = await accessibilityFaults(page)
    if (over > 0 || found.length > 0) faults[`${path}, phone`] = { over, found }
  }
  expect(faults).toEqual({})
  await page.context().close()
})
