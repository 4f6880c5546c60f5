/** Follows a build to its end: a bar with counts, and a line for each unit that fails. */
import { progressOn } from '@bootgraph/rustc-bootstrap'
import { ask, type Schema, type Server } from './client.ts'
import { events } from './events.ts'

const ended = ({ built, cached, failed, blocked, cancelled }: Schema['Counts']): number => built + cached + failed + blocked + cancelled

/** @returns the build as it ended. */
export async function watchBuild(server: Server, build: string, signal: AbortSignal): Promise<Schema['BuildDetail']> {
  const show = () => ask(server.api.GET('/builds/{build}', { params: { path: { build } } }))
  const bar = progressOn(process.stderr)
  let now = await show()
  bar.begin(`build ${build}`, now.counts.total, 'units')
  try {
    const stop = new AbortController()
    const both = AbortSignal.any([signal, stop.signal])
    if (now.state === 'running')
      for await (const event of events(server, `/events?build=${build}`, both, false)) {
        const data = JSON.parse(event.data) as { data?: { name?: string; state?: string; counts?: Schema['Counts'] } }
        if (event.type === 'unit' && data.data?.state === 'failed') process.stdout.write(`✗ ${data.data.name}\n`)
        if (event.type !== 'build') continue
        now = await show()
        bar.at(ended(now.counts))
        if (now.state !== 'running') break
      }
    stop.abort()
    return now
  } finally {
    bar.end()
  }
}
