/** The typed client of a server: BOOTGRAPH_URL and BOOTGRAPH_TOKEN, else the server that runs on this host. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { components, paths } from '@bootgraph/build-graph/api'
import { dataFolder } from '@bootgraph/build-graph/store'
import createClient, { type Client } from 'openapi-fetch'
import { ExitCode } from '../exit-codes.ts'
import { fail } from '../output.ts'

export type Schema = components['schemas']
export type Api = Client<paths>

export interface Server {
  readonly api: Api
  /** Base of every address, without a slash at its end. */
  readonly base: string
  readonly headers: Readonly<Record<string, string>>
}

export function server(env: Readonly<Record<string, string | undefined>> = process.env): Server {
  // The token of this host's own server is for that server alone.
  const here = env.BOOTGRAPH_URL ? {} : announced()
  const url = (env.BOOTGRAPH_URL || here.api || 'http://localhost:7420').replace(/\/+$/, '')
  const token = env.BOOTGRAPH_TOKEN || here.token
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) fail(`BOOTGRAPH_URL=${url}: expected http://HOST:PORT`)
  const base = `${url}/api/v1`
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {}
  return { api: createClient<paths>({ baseUrl: base, headers, fetch: (request) => reach(url, request) }), base, headers }
}

/** fetch, with one clear line where there is no server. */
export async function reach(url: string, request: Request): Promise<Response> {
  try {
    return await fetch(request)
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
    return fail(`no server answers at ${url} (${cause}); start one with "npm start", or set BOOTGRAPH_URL`, ExitCode.no)
  }
}

/** What a server of this host left beside its data. */
function announced(): { readonly api?: string; readonly token?: string } {
  try {
    return JSON.parse(readFileSync(join(dataFolder(), 'service.json'), 'utf8')) as { api?: string; token?: string }
  } catch {
    return {}
  }
}

interface Answer<T> {
  readonly data?: T
  readonly error?: unknown
  readonly response: Response
}

/** The answer, or the server's own problem as one line: 4xx is a wrong request, anything else the server's failure. */
export async function ask<T>(asking: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asking.catch((failure: unknown) => {
    if (failure instanceof SyntaxError) return fail('what answers there is no bootgraph server; look at BOOTGRAPH_URL', ExitCode.no)
    throw failure
  })
  if (error === undefined && data !== undefined) return data
  return refuse(response.status, error)
}

export function refuse(status: number, problem: unknown): never {
  const { title, detail } = (typeof problem === 'object' && problem !== null ? problem : {}) as Partial<Schema['Problem']>
  const said = [title?.replace(/\.$/, ''), detail].filter(Boolean).join(': ') || `the server answered with HTTP ${status}`
  return fail(
    status === 401 ? `${said}; set BOOTGRAPH_TOKEN to a token of this server` : said,
    status < 500 ? ExitCode.usage : ExitCode.defect,
  )
}
