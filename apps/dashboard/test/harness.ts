/** A real server with known rows, and a real browser in front of it. */
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { findChromium } from './chromium.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const require = createRequire(import.meta.url)
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

/** Builds what users get: not the development build that the test runner's environment would ask for. */
export function buildPages(folder: string): void {
  const { NODE_ENV: _, ...env } = process.env
  execFileSync(process.execPath, ['apps/dashboard/build.mjs', folder], { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** What the server says of the rows that it was given. */
export interface Facts {
  readonly url: string
  /** Ids of builds by what they are for. */
  readonly builds: Readonly<Record<string, string>>
  /** The long log: its lines, and how many of them are errors. */
  readonly log: { readonly lines: number; readonly errors: number }
}

export interface Server extends Facts {
  /** Ends the next unit of the running build; false when none is left. */
  advance(): Promise<boolean>
  /** Drops every open connection. */
  cut(): Promise<void>
  stop(): Promise<void>
}

type Child = ChildProcessByStdio<Writable, Readable, null>

/** A program of build-api's tests; what it says, line by line. */
function launch(
  program: string,
  ...options: readonly string[]
): { child: Child; said: { next(): Promise<unknown> }; stop(): Promise<void> } {
  const child = spawn(process.execPath, ['--import', 'tsx', `apps/build-api/test/${program}`, ...options], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  return {
    child,
    said: answers(child),
    async stop() {
      const ended = new Promise((resolve) => child.on('exit', resolve))
      child.stdin.end()
      await ended
    },
  }
}

export interface RealServer extends Facts {
  /** Starts a ladder build under a surface; its id. */
  climb(surface: string): Promise<string>
  stop(): Promise<void>
}

/** Starts the whole service with a worker and its nodes. */
export async function startRealServer(dashboard: string): Promise<RealServer> {
  const { child, said, stop } = launch('rung-server.ts', dashboard)
  return {
    ...((await said.next()) as Facts),
    async climb(surface) {
      child.stdin.write(`climb ${surface}\n`)
      const { build, refused } = (await said.next()) as { build?: string; refused?: string }
      if (build === undefined) throw new Error(refused)
      return build
    },
    stop,
  }
}

/** Starts build-api on databases of its own; `rows`: `none`, or `all` that the tests speak of. */
export async function startServer(rows: 'none' | 'all', dashboard: string): Promise<Server> {
  const { child, said, stop } = launch('seeded-server.ts', rows, dashboard)
  const facts = (await said.next()) as Facts
  return {
    ...facts,
    async advance() {
      child.stdin.write('advance\n')
      return ((await said.next()) as { advanced: boolean }).advanced
    },
    async cut() {
      child.stdin.write('cut\n')
      await said.next()
    },
    stop,
  }
}

/** One JSON document per line of the child's output, in order. */
function answers(child: Child): { next(): Promise<unknown> } {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async next() {
      const { value, done } = await lines.next()
      if (done) throw new Error('the server ended')
      return JSON.parse(value as string)
    },
  }
}

export const DESKTOP = { width: 1440, height: 900 }
export const PHONE = { width: 360, height: 780 }

export async function startBrowser(): Promise<Browser> {
  const { executablePath, env } = findChromium(`${root}node_modules/.cache/chromium`)
  // As root, and where user namespaces are off, Chromium's own sandbox cannot start; the pages come from this checkout.
  return chromium.launch({
    executablePath,
    env: { ...process.env, ...env } as Record<string, string>,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  })
}

/** A page that fails the test when its scripts fail. */
export async function openPage(browser: Browser, server: Facts, options: BrowserContextOptions = {}): Promise<Page & { faults: string[] }> {
  const context = await browser.newContext({ baseURL: server.url, viewport: DESKTOP, ...options })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    // A refused request is the server's answer; pages show it.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) faults.push(message.text())
  })
  return Object.assign(page, { faults })
}

/** Goes there and waits until nothing is loading any more. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path)
  await settled(page)
}

export async function settled(page: Page): Promise<void> {
  await page.locator('h1, dialog h2').first().waitFor()
  await expect.poll(() => page.locator('[role=status]:has-text("loading")').count(), { timeout: 15_000 }).toBe(0)
}

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[]
}

/** What axe finds wrong, one line each. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axeSource)
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  const found = (await page.evaluate(
    // biome-ignore lint/suspicious/noExplicitAny: axe is put into the page above and has no types there
    async (runOnly) => (await (globalThis as any).axe.run(document, { runOnly })).violations,
    tags,
  )) as Violation[]
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary?.split('\n')[1]?.trim()}`),
  )
}
