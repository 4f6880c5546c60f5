/**
 * `npm run fuzz -- [ROOM…] [--cases N] [--seed N]`: runs `<room>/fuzz/index.ts` of each room named (of all that have one, if none is).
 * The seed is printed first, so that a failure can be had again; a room that finds a failure throws, and the exit code is 1.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

/** What a room's `fuzz/index.ts` exports by default. Returns how many cases ran; throws with the case in its message. */
export type Fuzz = (options: { readonly seed: number; readonly cases: number }) => number | Promise<number>

const root = fileURLToPath(new URL('../..', import.meta.url))
const found = new Map(
  ['libs', 'apps'].flatMap((group) =>
    readdirSync(join(root, group))
      .map((room) => [room, join(root, group, room, 'fuzz', 'index.ts')] as const)
      .filter(([, entry]) => existsSync(entry)),
  ),
)
const wholeNumber = (name: string, text: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) fail(`--${name} is ${text}; give a whole number`)
  return value
}
function fail(line: string): never {
  console.error(`fuzz: ${line}`)
  process.exit(2)
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { cases: { type: 'string' }, seed: { type: 'string' } } })
const seed = wholeNumber('seed', values.seed ?? String(Date.now() >>> 0))
const cases = wholeNumber('cases', values.cases ?? '100000')
for (const room of positionals)
  if (!found.has(room)) fail(`no fuzz test in room ${room}; there is one in: ${[...found.keys()].join(', ') || 'none'}`)

let failed = false
for (const room of positionals.length > 0 ? positionals : found.keys()) {
  console.log(`${room}: seed ${seed}, ${cases} cases`)
  try {
    const { default: fuzz } = (await import(pathToFileURL(found.get(room)!).href)) as { default: Fuzz }
    console.log(`${room}: ${await fuzz({ seed, cases })} cases, no failure`)
  } catch (error) {
    failed = true
    console.error(`${room}: failed with seed ${seed}: ${error instanceof Error ? error.message : error}`)
  }
}
process.exit(failed ? 1 : 0)
