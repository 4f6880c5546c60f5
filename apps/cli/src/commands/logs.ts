import type { Command } from 'commander'
import { Option } from 'commander'
import { whole } from '../option-values.ts'
import { fail, print } from '../output.ts'
import { reach, refuse, server } from '../server/client.ts'
import { events } from '../server/events.ts'
import { pickBuild, pickUnit } from '../server/pick.ts'

const STREAMS = ['stdout', 'stderr'] as const
type Stream = (typeof STREAMS)[number]

interface LogsOptions {
  build?: string
  attempt?: number
  stream?: Stream
  follow?: boolean
  json?: boolean
}

export function register(program: Command): void {
  program
    .command('logs')
    .description('what a unit printed')
    .argument('<unit>', "a unit's id or name")
    .option('--build <id>', 'of this build; the newest by default')
    .option('--attempt <n>', 'of this attempt; the last by default', whole(1, 1_000_000))
    .addOption(new Option('--stream <name>', 'this one alone; both by default').choices(STREAMS))
    .option('-f, --follow', 'go on until the attempt ends')
    .option('--json', 'print JSON: one document, or one a line for each piece with --follow')
    .action(async (name: string, options: LogsOptions) => {
      const to = server()
      const build = await pickBuild(to.api, options.build)
      const unit = await pickUnit(to.api, build, name)
      const attempt = options.attempt ?? unit.attempt
      if (attempt === 0) fail(`${unit.id} has not run in this build (${unit.state})`)
      const log = `/builds/${build}/units/${unit.id}/attempts/${attempt}/log`
      const streams = options.stream ? [options.stream] : STREAMS
      if (options.follow) {
        for await (const event of events(to, `${log}/tail`, new AbortController().signal, true)) {
          if (event.type === 'end') return
          const { stream, text } = JSON.parse(event.data) as { stream: Stream; text: string }
          if (!streams.includes(stream)) continue
          if (options.json) process.stdout.write(`${JSON.stringify({ stream, text })}\n`)
          else process[stream].write(text)
        }
        return
      }
      const texts: Partial<Record<Stream, string>> = {}
      for (const stream of streams) {
        const response = await reach(to.base, new Request(`${to.base}${log}?stream=${stream}`, { headers: to.headers }))
        if (!response.ok || !response.body) refuse(response.status, await response.json().catch(() => undefined))
        if (options.json) texts[stream] = await response.text()
        else for await (const piece of response.body) process[streams.length > 1 ? stream : 'stdout'].write(piece as Uint8Array)
      }
      if (options.json) print({ build, unit: unit.id, attempt, ...texts }, true, () => '')
    })
}
