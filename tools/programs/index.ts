/**
 * `npm run programs -- [--only NAME]...`: scripts of the distribution's programs in a node and natively. Compared: exit code, standard
 * output and error, every file left. The outcome is kept in docs/programs/: programs.json, and the table in its README.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { installToolchain } from '@bootgraph/rustc-bootstrap'
import { NativeRoot } from '../native/native-root.ts'
import { compare, scripts, TOOLCHAIN } from './compare.ts'
import { type Outcome, table } from './table.ts'

const docs = fileURLToPath(new URL('../../docs/programs', import.meta.url))
const kept = join(docs, 'programs.json')
const { values } = parseArgs({ options: { only: { type: 'string', multiple: true, default: [] } } })
const { reference } = await installToolchain(TOOLCHAIN)
const native = await NativeRoot.open(TOOLCHAIN)
const wanted = scripts().filter(({ name }) => values.only.length === 0 || values.only.includes(name))
if (wanted.length === 0)
  throw new Error(
    `there is no such script; there are ${scripts()
      .map(({ name }) => name)
      .join(', ')}`,
  )

const outcomes = new Map<string, Outcome>(readOutcomes().map((outcome) => [outcome.script, outcome]))
for (const script of wanted) {
  const result = await compare(script, native)
  const programs = script.packages.map((name) => ({ name, version: reference.packages?.find((each) => each.name === name)?.version ?? '' }))
  outcomes.set(script.name, {
    script: script.name,
    programs,
    equal: result.differs.length === 0,
    differs: result.differs,
    ...(script.known === undefined ? {} : { why: script.known }),
    gaps: result.gaps,
    seconds: { node: round(result.node.seconds), native: round(result.native.seconds) },
  })
  console.log(`${script.name}: ${result.differs.length === 0 ? 'equal' : `differs in ${result.differs.join(', ')}`}`)
}
const names = new Set(scripts().map(({ name }) => name))
const all = [...outcomes.values()].filter(({ script }) => names.has(script)).sort((a, b) => (a.script < b.script ? -1 : 1))
mkdirSync(docs, { recursive: true })
writeFileSync(kept, `${JSON.stringify({ toolchain: TOOLCHAIN, tree: reference.tree, outcomes: all }, null, 1)}\n`)
writeFileSync(join(docs, 'README.md'), table(all))
process.exitCode = all.every(({ equal, why }) => equal === (why === undefined)) ? 0 : 1

function readOutcomes(): Outcome[] {
  try {
    return (JSON.parse(readFileSync(kept, 'utf8')) as { outcomes: Outcome[] }).outcomes
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10
}
