/** Every page in a real browser before the real API: it says what the rows say, is accessible, and its URL is its view. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contrast } from './contrast.ts'
import { accessibilityFaults, buildPages, DESKTOP, openPage, PHONE, type Server, startBrowser, startServer, visit } from './harness.ts'

const folder = mkdtempSync(join(tmpdir(), 'dashboard-'))
let browser: Browser
let server: Server
let empty: Server

beforeAll(async () => {
  buildPages(folder)
  browser = await startBrowser()
  server = await startServer('all', folder)
  empty = await startServer('none', folder)
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await empty?.stop()
  rmSync(folder, { recursive: true })
})

const FAILED = 'static-procedural-macro-1'
/** No toolchain is installed, so that no build can be planned. */
const REFUSED = '/start?stage=std&linkage=static&surface=2019-11-27'
const GAP = '/gaps/upstream/ld-so/dlopen-in-static-image/dlopen'

/** Every page and view, full. */
const pages = (): Readonly<Record<string, string>> => {
  const { ladder, std, running, wide } = server.builds
  return {
    ladder: '/',
    'ladder, a rung open': '/?rung=procedural-macro',
    builds: '/builds',
    build: `/builds/${ladder}`,
    'build that runs': `/builds/${running}`,
    units: `/builds/${std}/units`,
    'units, filtered': `/builds/${std}/units?state=failed,blocked`,
    map: `/builds/${std}/graph`,
    'map, marked': `/builds/${std}/graph?mark=critical&find=libc`,
    'map of many': `/builds/${wide}/graph?unit=wide-500`,
    focus: `/builds/${std}/graph?view=focus&unit=${server.builds.libc}`,
    list: `/builds/${std}/graph?view=list`,
    unit: `/builds/${ladder}/units/${FAILED}`,
    log: `/builds/${ladder}/units/${FAILED}?view=log&find=cannot`,
    why: `/builds/${ladder}/units/${FAILED}?view=why`,
    files: `/builds/${ladder}/units/${FAILED}?view=files`,
    pair: `/builds/${ladder}/units/${FAILED}?view=pair`,
    gaps: '/gaps',
    gap: GAP,
    surfaces: '/surfaces',
    workers: '/workers',
    start: '/start',
    'start, refused': REFUSED,
    compare: `/compare?a=${ladder}&b=${ladder}&linkages=static-dynamic`,
  }
}

test('every page on a desktop has no fault that axe finds, light or dark', async () => {
  const page = await openPage(browser, server, { colorScheme: 'light', reducedMotion: 'reduce' })
  const faults: Record<string, readonly string[]> = {}
  for (const [name, path] of Object.entries(pages())) {
    await visit(page, path)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const found = await accessibilityFaults(page)
      if (found.length > 0) faults[`${name}, ${colorScheme}`] = found
    }
    await page.emulateMedia({ colorScheme: 'light' })
  }
  expect(faults).toEqual({})
  expect(page.faults).toEqual([])
  await page.context().close()
}, 300_000)

test('every page on a phone has no fault that axe finds, and no page scrolls sideways, not even at 320 pixels, or hides what it can filter by', async () => {
  const page = await openPage(browser, server, { viewport: PHONE, hasTouch: true, isMobile: true, reducedMotion: 'reduce' })
  const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  // What scrolls by itself is a named region; the dates of surfaces are a chart.
  const cut = () =>
    page
      .locator('nav:not([aria-label="Surface dates"]), .filters')
      .evaluateAll((list) =>
        list.flatMap((element) => (element.scrollWidth > element.clientWidth ? [element.getAttribute('aria-label') ?? 'filters'] : [])),
      )
  const faults: Record<string, unknown> = {}
  for (const [name, path] of Object.entries(pages())) {
    await page.setViewportSize(PHONE)
    await visit(page, path)
    const found = await accessibilityFaults(page)
    const over = await sideways()
    const hidden = await cut()
    await page.setViewportSize({ width: 320, height: PHONE.height })
    const overSmall = await sideways()
    if (found.length > 0 || over > 0 || overSmall > 0 || hidden.length > 0) faults[name] = { found, over, overSmall, hidden }
  }
  expect(faults).toEqual({})
  expect(page.faults).toEqual([])
  await page.context().close()
}, 300_000)

test('pages without anything to show say why, accessibly', async () => {
  const page = await openPage(browser, empty)
  const said: Record<string, string> = {
    '/': 'No ladder was climbed yet.',
    '/builds': 'Nothing was built yet.',
    '/gaps': 'No such gap is open.',
    '/workers': 'No worker was seen in the last day',
    '/compare': 'Choose two builds',
    '/nowhere': 'There is no page at this address.',
  }
  for (const [path, words] of Object.entries(said)) {
    await visit(page, path)
    await page.getByText(words).first().waitFor()
    expect([path, await accessibilityFaults(page)]).toEqual([path, []])
  }
  await page.context().close()
}, 120_000)

test('a page whose question fails shows the server’s own words, with what a report of it needs', async () => {
  const page = await openPage(browser, server)
  const paths = ['', '/units', '/graph', '/units/x'].map((rest) => `/builds/999999${rest}`)
  for (const path of [...paths, '/gaps/upstream/relibc/symbol-missing/no_such']) {
    await visit(page, path)
    await page.getByText('There is no such thing.').first().waitFor()
    expect(await page.getByText('not-found').count()).toBeGreaterThan(0)
    expect(await page.getByText('request').count()).toBeGreaterThan(0)
    expect([path, await accessibilityFaults(page)]).toEqual([path, []])
  }
  await page.context().close()
}, 120_000)

test('each number of a build’s equation opens exactly that many rows, and the numbers add up', async () => {
  const page = await openPage(browser, server)
  for (const build of [server.builds.ladder, server.builds.std]) {
    await visit(page, `/builds/${build}`)
    const total = Number(await page.locator('[data-equation] [data-total]').first().getAttribute('data-total'))
    const parts = await page
      .locator('[data-equation] [data-n]')
      .evaluateAll((links) => links.map((link) => ({ n: Number((link as HTMLElement).dataset.n), href: link.getAttribute('href')! })))
    expect(parts.reduce((sum, { n }) => sum + n, 0)).toBe(total)
    for (const { n, href } of parts) {
      await visit(page, href)
      await expect.poll(() => page.locator('tr[data-unit]').count()).toBe(n)
    }
  }
  await page.context().close()
}, 120_000)

test('a comparison says which gaps one side alone met', async () => {
  const page = await openPage(browser, server)
  const { ladder } = server.builds
  await visit(page, `/compare?a=${ladder}&b=${ladder}&linkages=static-dynamic`)
  const cost = page.locator('section[aria-labelledby=cost]')
  await cost.getByText('Only A meets').waitFor()
  await cost.getByText(/met by both/).waitFor()
  expect(await cost.getByRole('link').first().getAttribute('href')).toMatch(/^\/gaps\/\w/)
  // With a marker, so that it is seen to open.
  expect(
    await cost
      .locator('summary')
      .first()
      .evaluate((summary) => getComputedStyle(summary).display),
  ).toBe('list-item')
  await visit(page, `/compare?a=${ladder}&b=${server.builds.running}`)
  // The two linkages of a unit have one name.
  const named = await page.locator('tr[data-row] th').allInnerTexts()
  expect(new Set(named).size).toBe(named.length)
  await page.context().close()
}, 60_000)

test('the ladder names the gap that stops the static compiler, and the way to it is one link', async () => {
  const page = await openPage(browser, server)
  await visit(page, '/')
  await page.locator('section[data-linkage=static]').getByText('stopped by').waitFor()
  await page.locator('tr[data-rung=procedural-macro] td[data-linkage=static]').getByText('failed').waitFor()
  await page
    .locator('tr[data-rung=procedural-macro] td[data-linkage=dynamic]')
    .getByText(/passed|cached/)
    .waitFor()
  await page.locator('tr[data-rung=procedural-macro] td[data-linkage=static]').getByText('dlopen in a static image').click()
  await expect.poll(() => new URL(page.url()).pathname).toBe(GAP)
  await page.getByText('libloading::os::unix::Library::open').first().waitFor()
  await page.context().close()
})

test('a linkage’s history has only what was measured with it', async () => {
  const page = await openPage(browser, server)
  await visit(page, '/')
  const label = (axis: string, linkage: string) =>
    page.locator(`[data-axis=${axis}] [data-linkage=${linkage}] svg[role=img]`).getAttribute('aria-label')
  // Two of the ladder, and the standard library once with each.
  for (const linkage of ['static', 'dynamic'])
    expect(await label('build', linkage)).toMatch(new RegExp(`^${linkage}: \\d+ rungs, unchanged passed, over 3 measurements$`))
  await page.locator('[data-axis=surface] [data-linkage=static]').getByText('One measurement so far').waitFor()
  await page.context().close()
})

test('what failed says of which linkage and why', async () => {
  const page = await openPage(browser, server)
  await visit(page, `/builds/${server.builds.std}`)
  const row = page.locator('section[aria-labelledby=causes] tr', { hasText: 'addr2line' })
  for (const words of ['static', 'failed', 'mismatched types']) await row.getByText(words).waitFor()
  await page.context().close()
})

test('a failed unit shows its gap with the call stack, its command, and the compiler’s own words', async () => {
  const page = await openPage(browser, server)
  await visit(page, `/builds/${server.builds.ladder}/units/${FAILED}`)
  await page.getByRole('heading', { name: 'The gap that stopped it' }).waitFor()
  await page.getByText('rustc_metadata::creader::dlsym_proc_macros').first().waitFor()
  expect(await page.getByLabel('command line').textContent()).toContain('RUSTC_BOOTSTRAP=1')
  await visit(page, `/builds/${server.builds.std}/units/${server.builds.addr2line}`)
  await page.getByRole('region', { name: 'diagnostics' }).getByText('mismatched types').waitFor()
  await page.context().close()
})

test('a button that is off can be read, light or dark', async () => {
  const page = await openPage(browser, server)
  await visit(page, REFUSED)
  await page.getByRole('dialog').getByRole('alert').waitFor()
  const button = page.getByRole('dialog').getByRole('button', { name: 'Start' })
  expect(await button.isDisabled()).toBe(true)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const [text, ground] = await button.evaluate((element) => {
      const { color, backgroundColor } = getComputedStyle(element)
      return [color, backgroundColor].map(
        (rgb) => `#${[...rgb.matchAll(/\d+/g)].map(([part]) => Number(part).toString(16).padStart(2, '0')).join('')}`,
      ) as [string, string]
    })
    expect(contrast(text, ground), colorScheme).toBeGreaterThanOrEqual(4.5)
  }
  await page.context().close()
})

test('what was run stands before the gaps; those of the host are one line with their number, and are not called missing', async () => {
  const page = await openPage(browser, server)
  const unit = `/builds/${server.builds.ladder}/units/${FAILED}`
  await visit(page, unit)
  const heads = await page.locator('main h2').allTextContents()
  expect(heads.slice(0, 3)).toEqual(['How it ended', 'What was run', 'The gap that stopped it'])
  const spelling = page.getByText('relibc: printf under the host’s spelling')
  for (const path of [unit, `${unit}?view=pair`]) {
    await visit(page, path)
    expect(await spelling.isVisible()).toBe(false)
    await page.getByText('1 host spelling that the surface serves under another name').click()
    await spelling.waitFor()
    expect(await page.getByText('printf is missing').count()).toBe(0)
  }
  await page.context().close()
})

test('neighbours of a unit are shown by name, compiler and state', async () => {
  const page = await openPage(browser, server)
  await visit(page, `/builds/${server.builds.ladder}/units/${FAILED}`)
  const need = page.getByRole('complementary', { name: 'Around this unit' }).locator('li:has(a[title="static-link-executable-1"])')
  await need.getByText('link an executable').waitFor({ timeout: 10_000 })
  expect(await need.textContent()).toMatch(/static\s*(built|cached)$/)
  await page.context().close()
})

test('the picture around a unit fits, wide or narrow', async () => {
  const page = await openPage(browser, server)
  for (const { viewport, hops } of [
    { viewport: DESKTOP, hops: 2 },
    { viewport: PHONE, hops: 1 },
  ]) {
    await page.setViewportSize(viewport)
    await visit(page, `/builds/${server.builds.ladder}/graph?view=focus&unit=static-link-executable-1&hops=${hops}`)
    const box = page.getByRole('region', { name: /^Around/ })
    await box.locator('button[aria-pressed=true]').waitFor()
    const { over, height } = await box.evaluate((element) => ({
      over: element.scrollWidth - element.clientWidth,
      height: element.clientHeight,
    }))
    expect([viewport.width, over]).toEqual([viewport.width, 0])
    expect(height).toBeGreaterThan(200)
  }
  await page.context().close()
})

test('the graph’s list says why a unit is blocked; a critical path that is over marks nothing', async () => {
  const page = await openPage(browser, server)
  await visit(page, `/builds/${server.builds.std}/graph?view=list&mark=critical`)
  const blocked = page.locator('tr[data-row]:has-text("blocked")').first()
  await blocked.getByText('behind').waitFor()
  const [blocker] = await blocked
    .locator('a', { hasText: /^libc 0/ })
    .evaluateAll((links) => links.map((link) => link.getAttribute('href')))
  expect(blocker).toBe(`/builds/${server.builds.std}/units/${server.builds.libc}`)
  expect(await page.locator('tr[data-row]').count()).toBe(36)
  expect(await page.getByLabel('Mark').inputValue()).toBe('')
  await page.context().close()
})

test('a long difference of surfaces is counted whole, and only what is in sight is in the page', async () => {
  const page = await openPage(browser, server)
  await visit(page, '/surfaces?date=2026-08-21&vs=2019-11-27')
  await page.locator('tr[data-row]').first().waitFor()
  expect(Number(await page.getByRole('table').getAttribute('aria-rowcount'))).toBeGreaterThan(300)
  expect(await page.locator('tr[data-row]').count()).toBeLessThan(200)
  await page.mouse.wheel(0, 100_000)
  await expect
    .poll(async () => Number(await page.locator('tr[data-row]').last().getAttribute('aria-rowindex')))
    .toBe(Number(await page.getByRole('table').getAttribute('aria-rowcount')))
  await page.context().close()
})

test('on a phone the date that is shown is in sight among all dates', async () => {
  const page = await openPage(browser, server, { viewport: PHONE })
  await visit(page, '/surfaces')
  const bar = page.locator('[aria-label="Surface dates"] a[aria-current=true]')
  await expect.poll(async () => (await bar.boundingBox())!.x).toBeLessThan(PHONE.width)
  await page.context().close()
})

test('a control with several values says how many, and only what has a compiler is offered as a toolchain', async () => {
  const page = await openPage(browser, server)
  const chosen = (label: string) => page.getByRole('combobox', { name: label }).locator('option:checked').textContent()
  const digest = '0'.repeat(64)
  await page.route('**/api/v1/toolchains', (route) =>
    route.fulfill({
      json: {
        toolchains: [
          { name: 'debian', title: 'Debian', kind: 'packages', tree: digest, files: 1, bytes: 1 },
          { name: 'rustc-source', title: 'source of rustc', kind: 'source', tree: digest, files: 1, bytes: 1 },
        ],
      },
    }),
  )
  await visit(page, '/start?stage=ladder&rungs=check-crate,rustc-version&linkage=static')
  await page.getByLabel('Toolchain').locator('option', { hasText: 'Debian' }).waitFor({ state: 'attached' })
  expect(await page.getByLabel('Toolchain').locator('option').allTextContents()).toEqual(['default', 'Debian'])
  expect([await chosen('Rungs'), await chosen('Compiler runs')]).toEqual(['2 chosen', 'static'])
  await visit(page, `/builds/${server.builds.std}/units?state=failed,blocked`)
  expect(await chosen('State')).toBe('2 chosen')
  await page.context().close()
})

test('builds are filtered by stage and surface', async () => {
  const page = await openPage(browser, server)
  await visit(page, '/builds')
  await expect.poll(() => page.locator('tr[data-row]').count()).toBe(5)
  await page.getByLabel('Stage').selectOption('std')
  await expect.poll(() => page.locator('tr[data-row]').count()).toBe(2)
  await page.getByLabel('Surface').selectOption('2019-11-27')
  await page.getByText('No build matches this filter.').waitFor()
  await page.context().close()
})

test('an unknown parameter is named, not swallowed, and kept in the URL', async () => {
  const page = await openPage(browser, server)
  await visit(page, '/builds?state=ended&colour=red')
  await page.getByText('This page knows no parameter “colour”').waitFor()
  expect(page.url()).toContain('colour=red')
  await page.context().close()
})

test('the URL is the view: it reloads to the same page, and Back undoes a filter', async () => {
  const page = await openPage(browser, server)
  await visit(page, `/builds/${server.builds.std}/units?state=blocked&sort=name`)
  const rows = await page.locator('tr[data-unit]').evaluateAll((list) => list.map((row) => (row as HTMLElement).dataset.unit))
  expect(rows.length).toBeGreaterThan(0)
  await page.reload()
  await expect
    .poll(() => page.locator('tr[data-unit]').evaluateAll((list) => list.map((row) => (row as HTMLElement).dataset.unit)))
    .toEqual(rows)
  await page.getByRole('link', { name: 'Show all' }).click()
  await expect.poll(() => page.locator('tr[data-unit]').count()).toBe(36)
  await page.goBack()
  await expect.poll(() => page.locator('tr[data-unit]').count()).toBe(rows.length)
  await page.context().close()
})

test('a theme that was chosen outlasts the page', async () => {
  const page = await openPage(browser, server, { colorScheme: 'light' })
  await visit(page, '/')
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  expect(await ground()).toBe('rgb(255, 255, 255)')
  await page.getByRole('button', { name: /^Theme/ }).click()
  await page.getByRole('button', { name: /^Theme/ }).click()
  expect(await ground()).toBe('rgb(17, 21, 27)')
  await page.reload()
  expect(await ground()).toBe('rgb(17, 21, 27)')
  await page.context().close()
})
