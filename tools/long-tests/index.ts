/**
 * What `npm run test:full` last found, suite by suite, from vitest's report (argument) into docs/long-tests.json. A suite that was not run this time
 * keeps its earlier outcome and day; one that is gone goes.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The part of vitest's JSON report that is kept. */
interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string; readonly duration?: number | null }[]
  }[]
}
interface Suite {
  readonly suite: string
  readonly day: string
  readonly commit: string
  readonly node: string
  readonly cpu: string | undefined
  readonly tests: readonly { readonly name: string; readonly outcome: string; readonly seconds: number }[]
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const file = fileURLToPath(new URL('../../docs/long-tests.json', import.meta.url))
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
const report = JSON.parse(readFileSync(process.argv[2], 'utf8')) as Report
const now: Suite[] = report.testResults.map(({ name, assertionResults }) => ({
  suite: relative(root, name),
  day: new Date().toISOString().slice(0, 10),
  commit,
  node: process.version,
  cpu: cpus()[0]?.model,
  tests: assertionResults.map(({ fullName, status, duration }) => ({
    name: fullName.trim(),
    outcome: status,
    seconds: Math.round((duration ?? 0) / 100) / 10,
  })),
}))
const earlier: Suite[] = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Suite[]) : []
const kept = earlier.filter(
  ({ suite }) => existsSync(fileURLToPath(new URL(`../../${suite}`, import.meta.url))) && now.every((each) => each.suite !== suite),
)
const all = [...kept, ...now].sort((a, b) => (a.suite < b.suite ? -1 : 1))
writeFileSync(file, `${JSON.stringify(all, null, 1)}\n`)
