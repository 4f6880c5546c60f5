/** Builds and units as people name them: "latest", an id's beginning, a crate's or rung's name. */
import { fail } from '../output.ts'
import { type Api, ask, type Schema } from './client.ts'

/** A build by id or by its first characters; the newest if none is named. */
export async function pickBuild(api: Api, name: string | undefined): Promise<string> {
  const { items } = await ask(api.GET('/builds', { params: { query: { limit: 100 } } }))
  if (name === undefined || name === 'latest')
    return items[0]?.id ?? fail('the server has no build yet; "bootgraph build ladder" makes one')
  if (items.some(({ id }) => id === name)) return name
  const found = items.filter(({ id }) => id.startsWith(name))
  if (found.length > 1) return fail(`${found.length} builds begin with "${name}"; give more of the id`)
  if (found.length === 1) return found[0].id
  // Older ones than the list holds are known by their whole id.
  const { response } = await api.GET('/builds/{build}', { params: { path: { build: name } } })
  return response.ok ? name : fail(`the server has no build "${name}"`)
}

/** A unit by id, by name, or by a part of its name that no other has. */
export async function pickUnit(api: Api, build: string, name: string): Promise<Schema['Unit']> {
  const { items } = await ask(api.GET('/builds/{build}/units', { params: { path: { build }, query: { q: name, limit: 100 } } }))
  const exact = items.filter((unit) => unit.id === name || unit.name === name || unit.name.startsWith(`${name} `))
  const found = exact.length > 0 ? exact : items
  if (found.length === 1) return found[0]
  if (found.length === 0) return fail(`the build ${build} has no unit "${name}"`)
  return fail(
    `"${name}" can be ${found
      .slice(0, 5)
      .map(({ id }) => id)
      .join(', ')}${found.length > 5 ? ', …' : ''}; give the id`,
  )
}
