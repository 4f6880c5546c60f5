import { type Command, Option } from 'commander'
import { fail, print, table } from '../output.ts'
import { ask, type Schema, server } from '../server/client.ts'
import { everyItem } from '../server/pages.ts'

type Scope = Schema['Token']['scopes'][number]

const SCOPES: readonly Scope[] = ['read', 'trigger', 'worker', 'cache-read', 'cache-write', 'admin']

export function register(program: Command): void {
  const token = program.command('token').description('create, list and revoke tokens of the server')

  token
    .command('create')
    .description('make a token; its secret is told this once')
    .argument('<name>')
    .addOption(new Option('--scope <scope...>', 'what it allows').choices(SCOPES).default(['read']))
    .option('--expires <date>', 'YYYY-MM-DD or a full time; never by default')
    .option('--json', 'print JSON')
    .action(async (name: string, options: { scope: Scope[]; expires?: string; json?: boolean }) => {
      const body = { name, scopes: [...new Set(options.scope)], ...(options.expires ? { expiresAt: time(options.expires) } : {}) }
      const made = await ask(server().api.POST('/tokens', { body }))
      print(
        made,
        options.json,
        ({ secret, token: { id, scopes } }) => `${secret}\n${id}: ${scopes.join(', ')}; the secret is not shown again`,
      )
    })

  token
    .command('list')
    .description('tokens, without their secrets')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const { api } = server()
      const tokens = await everyItem((from) => ask(api.GET('/tokens', { params: { query: { limit: 200, ...from } } })))
      print(tokens, options.json, (all) =>
        all.length === 0
          ? 'no token; until there is one, only this host may ask'
          : table(all.map((t) => [t.id, t.name, t.scopes.join(','), t.revokedAt ? 'revoked' : t.expiresAt ? `until ${t.expiresAt}` : ''])),
      )
    })

  token
    .command('revoke')
    .description('revoke a token for ever')
    .argument('<id>', 'as "token list" shows it')
    .option('--json', 'print JSON')
    .action(async (id: string, options: { json?: boolean }) => {
      print(await ask(server().api.DELETE('/tokens/{id}', { params: { path: { id } } })), options.json, () => `${id} is revoked`)
    })
}

function time(text: string): string {
  const at = new Date(text)
  return Number.isNaN(at.getTime()) ? fail(`--expires ${text}: expected YYYY-MM-DD or a full time`) : at.toISOString()
}
