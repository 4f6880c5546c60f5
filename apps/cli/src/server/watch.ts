/** Follows a build to its end: a bar with counts, and a line for each unit that fails. */
import { progressOn } from '@bootgraph/rustc-bootstrap'
import { ExitCode } from '../exit-codes.ts'
import { ask, type Schema, type Server } from './client.ts'
import { events } from './events.ts'
import { everyItem } from './pages.ts'

const ended = ({ built, cached, failed, blocked, cancelled }: Schema['Counts']): number => built + cached + failed + blocked + cancelled

/** Milliseconds. */
const LOOK_EVERY = 3_000

/** Names of all units that failed. */
async function failedUnits({ api }: Server, build: string): Promise<string[]> {
  const failed = await everyItem((from) =>
    ask(api.GET('/builds/{build}/units', { params: { path: { build }, query: { state: 'failed', limit: 200, ...from } } })),
  )
  return failed.map(({ name }) => name)
}

/** Of a command that has followed a build to its end: ok where every unit is there. */
export const exitOf = ({ counts }: Pick<Schema['BuildDetail'], 'counts'>): number =>
  counts.failed + counts.blocked + counts.cancelled === 0 ? ExitCode.ok : ExitCode.no

/**
 * @param failures where the names of failed units go
 * @returns the build as it ended
 */
export async function watchBuild(
  server: Server,
  build: string,
  signal: AbortSignal,
  failures: NodeJS.WritableStream = process.stdout,
): Promise<Schema['BuildDetail']> {
  const show = () => ask(server.api.GET('/builds/{build}', { params: { path: { build } } }))
  const bar = progressOn(process.stderr)
  let now = await show()
  bar.begin(`build ${build}`, now.counts.total, 'units')
  const stop = new AbortController()
  const look = async (): Promise<void> => {
    now = await show()
    bar.at(ended(now.counts))
    if (now.state !== 'running') stop.abort()
  }
  const told = new Set<string>()
  const tell = (name: string): void => {
    if (!told.has(name)) failures.write(`✗ ${name}\n`)
    told.add(name)
  }
  // What ended between the first look and the first event is told by nobody: the counts show it, and at the end the failed units.
  const timer = setInterval(() => void look().catch(() => {}), LOOK_EVERY)
  try {
    if (now.state === 'running')
      for await (const event of events(server, `/events?build=${build}`, AbortSignal.any([signal, stop.signal]), false)) {
        const { data } = JSON.parse(event.data) as { data?: { name?: string; state?: string } }
        if (event.type === 'unit' && data?.state === 'failed') tell(data.name ?? '')
        if (event.type === 'build') await look()
      }
    if (now.counts.failed > told.size) for (const name of await failedUnits(server, build)) tell(name)
    return now
  } finally {
    clearInterval(timer)
    bar.end()
  }
}
