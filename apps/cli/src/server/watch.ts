/** Follows a build to its end: a bar with counts, and a line for each unit that fails. */
import { progressOn } from '@bootgraph/rustc-bootstrap'
import { ask, type Schema, type Server } from './client.ts'
import { events } from './events.ts'

const ended = ({ built, cached, failed, blocked, cancelled }: Schema['Counts']): number => built + cached + failed + blocked + cancelled

/** Milliseconds. */
const LOOK_EVERY = 3_000

/** Names of all units that failed. */
async function failedUnits({ api }: Server, build: string): Promise<string[]> {
  const names: string[] = []
  for (let cursor: string | undefined; ; ) {
    const query = { state: 'failed' as const, limit: 200, ...(cursor === undefined ? {} : { cursor }) }
    const { items, next } = await ask(api.GET('/builds/{build}/units', { params: { path: { build }, query } }))
    names.push(...items.map(({ name }) => name))
    if (next === undefined || next === null) return names
    cursor = next
  }
}

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
