/** What pages do: logs of any size, work without a mouse, and numbers that move while a build runs. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page, Route } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildPages, openPage, type Server, startBrowser, startServer, visit } from './harness.ts'

const folder = mkdtempSync(join(tmpdir(), 'dashboard-'))
let browser: Browser
let server: Server

beforeAll(async () => {
  buildPages(folder)
  browser = await startBrowser()
  server = await startServer('all', folder)
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  rmSync(folder, { recursive: true })
})

const log = (query = '', hash = '') =>
  `/builds/${server.builds.ladder}/units/static-procedural-macro-1?view=log&stream=stderr${query}${hash}`

test('search in a log counts every line of it, steps through them, and the URL holds the line', async () => {
  const page = await openPage(browser, server)
  await visit(page, log())
  await page.getByText(`${server.log.lines.toLocaleString('en')} lines`).waitFor()
  await page.getByLabel('Find in the whole log').fill('cannot be read')
  await page.getByText(`of ${server.log.errors} lines`).waitFor()
  await page.getByRole('button', { name: 'Next match' }).click()
  await expect.poll(() => new URL(page.url()).hash).toBe('#L4')
  await page.getByRole('button', { name: 'Previous match' }).click()
  const last = 37 * (server.log.errors - 1) + 4
  await expect.poll(() => new URL(page.url()).hash).toBe(`#L${last}`)
  await page.locator(`[data-line="${last}"] mark`).waitFor()
  await page.context().close()
})

test('an anchor opens a log at its lines, far from the start, with few rows in the page', async () => {
  const page = await openPage(browser, server)
  await visit(page, log('', '#L4001-L4003'))
  await page.locator('[data-line="4002"][data-marked=true]').getByText('plain line 4001').waitFor()
  expect(await page.locator('[data-line]').count()).toBeLessThan(200)
  await page.context().close()
})

test('a terminal’s colours are shown, and what a guest writes stays text', async () => {
  const page = await openPage(browser, server)
  await visit(page, log())
  const red = page.locator('[data-line="4"] [data-fg]').first()
  await red.getByText('error').waitFor()
  expect(await red.evaluate((element) => getComputedStyle(element).color)).not.toBe(
    await page.evaluate(() => getComputedStyle(document.body).color),
  )
  await page.getByText('<img src=x onerror="globalThis.guestRan = true"><b>bold</b>').waitFor()
  await page.locator('[data-line="12"]').getByText('turned \\u202eround').waitFor()
  expect(await page.evaluate(() => 'guestRan' in globalThis)).toBe(false)
  await page.context().close()
})

const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '')

test('from the ladder to the call that failed without a mouse', async () => {
  const page = await openPage(browser, server)
  await visit(page, '/')
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('Skip to the page')
  await page.keyboard.press('Enter')
  const rung = page.locator('tr[data-rung=procedural-macro] th a')
  while (!(await rung.evaluate((link) => link === document.activeElement))) await page.keyboard.press('j')
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('failed')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'The gap that stopped it' }).waitFor()
  await page.getByText('dlsym_proc_macros').first().waitFor()
  await page.context().close()
})

test('the map is one stop of the keyboard: arrows walk, Space selects, Enter focuses', async () => {
  const page = await openPage(browser, server)
  await visit(page, `/builds/${server.builds.std}/graph`)
  await page.locator('[data-index]').first().waitFor()
  expect(await page.locator('[data-index][tabindex="0"]').count()).toBe(1)
  await page.locator('[data-index][tabindex="0"]').focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowDown')
  const index = await page.evaluate(() => (document.activeElement as HTMLElement).dataset.index)
  await page.keyboard.press('Space')
  await page.getByRole('complementary', { name: 'Selected unit' }).waitFor()
  expect(await page.locator('[data-index][aria-pressed=true]').getAttribute('data-index')).toBe(index)
  await page.keyboard.press('Enter')
  await expect.poll(() => new URL(page.url()).searchParams.get('view')).toBe('focus')
  await page.locator('figure button[aria-pressed=true]').waitFor()
  await page.context().close()
})

/** Milliseconds from the click on the way to the map until the frame in which all its squares are on the screen. */
const drawMap = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const start = performance.now()
        const observer = new MutationObserver(() => {
          if (document.querySelectorAll('[data-index]').length < 1000) return
          observer.disconnect()
          // A message that is posted in a frame comes when the frame has been painted.
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel()
            port1.onmessage = () => resolve(performance.now() - start)
            port2.postMessage(0)
          })
        })
        observer.observe(document.body, { childList: true, subtree: true })
        document.querySelector<HTMLElement>('main a[href$="/graph"]')!.click()
      }),
  )

test('a map of 1,000 units is drawn within half a second of the click', async () => {
  const page = await openPage(browser, server)
  const times: number[] = []
  for (let round = 0; round < 5; round++) {
    // A new page each time: nothing of the map is there, neither its code nor its rows.
    await visit(page, `/builds/${server.builds.wide}`)
    times.push(Math.round(await drawMap(page)))
  }
  // The machine may be busy in one round or two.
  expect([...times].sort((a, b) => a - b)[2], `milliseconds: ${times.join(', ')}`).toBeLessThanOrEqual(500)
  await page.context().close()
})

test('what stands behind a unit is marked, and only that', async () => {
  const page = await openPage(browser, server)
  await visit(page, `/builds/${server.builds.std}/graph?unit=${server.builds.libc}&mark=blocked-by:${server.builds.libc}`)
  await page.getByText('behind libc').waitFor()
  const blocked = await page.locator('[data-index][data-look=blocked]').count()
  const marked = await page.locator('[data-index][data-mark=true]').count()
  expect(blocked).toBeGreaterThan(0)
  // What is behind libc, and libc itself.
  expect(marked).toBe(Number(/^(\d+) units? stands?/.exec((await page.getByText('behind libc').textContent())!)![1]) + 1)
  await page.context().close()
})

test('all workers are counted and shown, though the server gives them page by page; older node images come when asked for', async () => {
  const page = await openPage(browser, server)
  const asked = await page.request.get('/api/v1/workers')
  const [known] = ((await asked.json()) as { items: object[] }).items
  const paged = (pages: Readonly<Record<string, object>>) => (route: Route) =>
    route.fulfill({ json: pages[new URL(route.request().url()).searchParams.get('cursor') ?? ''] })
  const worker = (id: string) => ({ ...known, id, state: 'live' })
  await page.route(
    /\/workers\?/,
    paged({
      '': { items: [worker('first'), worker('second')], next: 'more' },
      more: { items: [worker('third')], next: 'last' },
      last: { items: [worker('fourth')] },
    }),
  )
  const image = (digit: string, registeredBy: string) => ({
    digest: digit.repeat(64),
    entry: 'main.mjs',
    bundles: {},
    registeredAt: '2026-01-01T00:00:00.000Z',
    registeredBy,
    current: false,
  })
  await page.route(/\/node-images/, paged({ '': { items: [image('1', 'young')], next: 'more' }, more: { items: [image('2', 'old')] } }))
  await visit(page, '/workers')
  await page.getByRole('heading', { name: '4 workers live' }).waitFor()
  for (const id of ['first', 'second', 'third', 'fourth']) await page.getByRole('article', { name: `Worker ${id}` }).waitFor()
  await page.getByRole('cell', { name: 'young' }).waitFor()
  expect(await page.getByRole('cell', { name: 'old' }).count()).toBe(0)
  await page.getByRole('button', { name: 'Older node images' }).click()
  await page.getByRole('cell', { name: 'old' }).waitFor()
  expect(await page.getByRole('button', { name: 'Older node images' }).count()).toBe(0)
  expect(page.faults).toEqual([])
  await page.context().close()
})

test('the palette goes to a gap by typing, and Escape gives the focus back', async () => {
  const page = await openPage(browser, server)
  await visit(page, '/workers')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill('socketpair')
  await page.getByRole('option', { name: /socketpair is missing/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'relibc: socketpair is missing' }).waitFor()
  await page.keyboard.press('?')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
  await page.context().close()
})

test('keys copy, start, explain, mark, and walk the list that a unit was opened from', async () => {
  const page = await openPage(browser, server, { permissions: ['clipboard-read', 'clipboard-write'] })
  const path = () => new URL(page.url()).pathname + new URL(page.url()).search
  const build = `/builds/${server.builds.std}`
  await visit(page, build)
  await page.keyboard.press('c')
  await page.getByText('copied', { exact: true }).waitFor()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('bootgraph build std --linkage static')
  await page.keyboard.press('u')
  await expect.poll(path).toBe(`${build}/units`)
  const units = page.locator('tr[data-unit]')
  await units.nth(1).waitFor()
  const [first, second] = await units.evaluateAll((rows) => rows.map((row) => row.querySelector('a')!.getAttribute('href')!))
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await expect.poll(path).toBe(first)
  await page.getByRole('link', { name: 'Why it ran' }).waitFor()
  await page.keyboard.press('x')
  await expect.poll(path).toBe(`${first}?view=why`)
  await page.keyboard.press(']')
  await expect.poll(path).toBe(`${second}?view=why`)
  await page.keyboard.press('[')
  await expect.poll(path).toBe(`${first}?view=why`)
  await visit(page, '/builds')
  await page.locator('tr[data-row]').first().waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  expect(await page.getByRole('checkbox', { name: /^Mark/ }).first().isChecked()).toBe(true)
  await page.keyboard.press('t')
  await expect.poll(path).toBe('/start')
  await page.context().close()
})

test('the palette does what can be done to the build that is open, and shows a refusal', async () => {
  const page = await openPage(browser, server)
  await visit(page, `/builds/${server.builds.running}`)
  const asked: string[] = []
  await page.route('**/cancel', (route) => {
    asked.push(new URL(route.request().url()).pathname)
    const status = asked.length === 1 ? 409 : 200
    return route.fulfill({ status, json: status === 409 ? { title: 'It is over.' } : { id: '1' } })
  })
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill('cancel')
  await page.getByRole('option', { name: /^Cancel Build/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('alert').getByText('It is over.').waitFor()
  await page.keyboard.press('Enter')
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
  expect(asked).toEqual(Array.from({ length: 2 }, () => `/api/v1/builds/${server.builds.running}/cancel`))
  await page.context().close()
})

test('two builds are marked in their list and compared', async () => {
  const page = await openPage(browser, server)
  await visit(page, '/builds')
  const marks = page.getByRole('checkbox', { name: /^Mark/ })
  await marks.nth(0).check()
  await marks.nth(1).check()
  await page.getByRole('button', { name: 'Compare the two marked' }).click()
  await page.getByRole('heading', { name: 'They differ in' }).waitFor()
  const total = Number(await page.locator('[data-equation] [data-total]').getAttribute('data-total'))
  const parts = await page
    .locator('[data-equation] [data-n]')
    .evaluateAll((links) => links.map((link) => Number((link as HTMLElement).dataset.n)))
  expect(parts.reduce((sum, n) => sum + n, 0)).toBe(total)
  await page.context().close()
})

/** The equation as the page shows it at this moment. */
const equation = (page: Page) =>
  page
    .locator('[data-equation]')
    .first()
    .evaluate((element) => ({
      total: Number(element.querySelector<HTMLElement>('[data-total]')!.dataset.total),
      parts: [...element.querySelectorAll<HTMLElement>('[data-n]')].map((part) => Number(part.dataset.n)),
      built: Number(element.querySelector<HTMLElement>('[data-state=built]')!.dataset.n),
    }))

test('while a build runs its counts move in every tab, always add up, and nothing else on the page moves', async () => {
  const page = await openPage(browser, server)
  const other = await page.context().newPage()
  await visit(page, `/builds/${server.builds.running}`)
  await visit(other, `/builds/${server.builds.running}/graph`)
  await page.locator('[data-connection=live]').waitFor()
  const before = await equation(page)
  await page.evaluate(() => {
    const seen = { shift: 0 }
    Object.assign(globalThis, { seen })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.shift += (entry as unknown as { value: number }).value
    }).observe({ type: 'layout-shift' })
  })
  let steps = 0
  for (; steps < 12 && (await server.advance()); steps++) {
    for (let sample = 0; sample < 5; sample++) {
      const { total, parts } = await equation(page)
      expect(parts.reduce((sum, n) => sum + n, 0)).toBe(total)
    }
  }
  expect(steps).toBeGreaterThan(5)
  await expect.poll(async () => (await equation(page)).built).toBe(before.built + steps)
  await expect.poll(async () => (await equation(other)).built).toBe(before.built + steps)
  await expect.poll(() => other.locator('[data-index][data-look=passed]').count()).toBe(before.built + steps)
  expect(await page.evaluate(() => (globalThis as unknown as { seen: { shift: number } }).seen.shift)).toBeLessThan(0.02)
  await page.context().close()
}, 120_000)

test('a page that was cut off says so, keeps its numbers, and is right again afterwards', async () => {
  const page = await openPage(browser, server)
  await visit(page, `/builds/${server.builds.running}`)
  await page.locator('[data-connection=live]').waitFor()
  const before = await equation(page)
  await page.context().setOffline(true)
  await server.cut()
  await page.locator('[data-connection=offline], [data-connection=reconnecting]').waitFor()
  let steps = 0
  while (steps < 3 && (await server.advance())) steps++
  expect(steps).toBe(3)
  expect((await equation(page)).built).toBe(before.built)
  await page.context().setOffline(false)
  await page.locator('[data-connection=live]').waitFor({ timeout: 60_000 })
  await expect.poll(async () => (await equation(page)).built, { timeout: 15_000 }).toBe(before.built + steps)
  await page.context().close()
}, 120_000)

test('rows stay where they are while a pointer is among them', async () => {
  const page = await openPage(browser, server)
  await visit(page, `/builds/${server.builds.running}/units?state=waiting,ready,queued,running`)
  const rows = () => page.locator('tr[data-unit]').evaluateAll((list) => list.map((row) => (row as HTMLElement).dataset.unit))
  const before = await rows()
  await page.locator('tr[data-unit]').first().hover()
  expect(await server.advance()).toBe(true)
  await page.getByRole('button', { name: /changes?: apply/ }).waitFor()
  expect(await rows()).toEqual(before)
  await page.getByRole('button', { name: /changes?: apply/ }).click()
  await expect.poll(async () => (await rows()).length).toBeLessThan(before.length)
  await page.context().close()
})

test('a build is started from a link, or the server’s refusal is shown', async () => {
  const page = await openPage(browser, server)
  await visit(page, '/start?stage=std&linkage=static&surface=2019-11-27')
  await page.getByText('bootgraph build std --linkage static --surface 2019-11-27').waitFor()
  await page.getByRole('dialog').getByRole('alert').waitFor()
  expect(
    await page
      .getByRole('button', { name: /^Start/ })
      .last()
      .isDisabled(),
  ).toBe(true)
  await page.keyboard.press('Escape')
  await expect.poll(() => new URL(page.url()).pathname).toBe('/builds')
  await page.context().close()
})
