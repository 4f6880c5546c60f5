/** Why a unit ran: the ingredients of its action beside those of the time before. */
import type { Command } from 'commander'
import { explainHere, type LocalExplanation } from '../local/explain-here.ts'
import { print, table } from '../output.ts'
import { ask, type Schema, server } from '../server/client.ts'
import { pickBuild, pickUnit } from '../server/pick.ts'

interface ExplainOptions {
  build?: string
  against?: string
  local?: boolean
  json?: boolean
}

export function register(program: Command): void {
  program
    .command('explain')
    .description('why a unit ran: which ingredient of its action changed since the time before')
    .argument('<unit>', "a unit's id or name")
    .option('--build <id>', 'in this build; the newest by default')
    .option('--against <id>', 'compared with this build; by default the last that ran it')
    .option('--local', 'of the builds made on this host without a server')
    .option('--json', 'print JSON')
    .action(async (name: string, options: ExplainOptions) => {
      if (options.local) return print(await explainHere(name), options.json, localText)
      const { api } = server()
      const build = await pickBuild(api, options.build)
      const unit = await pickUnit(api, build, name)
      const against = options.against === undefined ? {} : { against: await pickBuild(api, options.against) }
      const told = await ask(
        api.GET('/builds/{build}/units/{unit}/explain', { params: { path: { build, unit: unit.id }, query: against } }),
      )
      print(told, options.json, serverText)
    })
}

const short = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

function localText({ unit, action, against, changed }: LocalExplanation): string {
  if (against === undefined) return `${unit}: action ${action.slice(0, 12)}, the first that is known here`
  const rows = changed.map(({ name, before, now, inside }) => [name, short(before), '→', short(now), (inside ?? []).join(', ')])
  return `${unit}: action ${action.slice(0, 12)}, before ${against.slice(0, 12)}\n${table(rows)}`
}

function originOf({ action, ran, verdict }: Schema['Explanation']): string {
  if (ran) return 'it ran'
  if (verdict === 'not-ready') return 'it has not run'
  return action === undefined ? 'it was made before the build was planned' : 'its result came from the cache'
}

function serverText(told: Schema['Explanation']): string {
  const { name, verdict, ingredients, against } = told
  const head = `${name}: ${verdict}${against ? ` (against build ${against.build})` : ''}, ${originOf(told)}`
  const rows = ingredients
    .filter(({ changed }) => changed)
    .map((each) => [each.name, each.before ?? '', '→', each.now, [...(each.from ?? []), ...(each.bundles ?? [])].join(', ')])
  return rows.length === 0 ? head : `${head}\n${table(rows)}`
}
