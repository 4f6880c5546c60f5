/** The few calls that the start makes, with one clear line for what is refused. */
import { createHash } from 'node:crypto'

export class StartError extends Error {}

export interface Client {
  get<T>(path: string): Promise<T>
  post<T>(path: string, body: unknown): Promise<T>
  put(path: string): Promise<void>
  /** Stores a blob that is not there yet. */
  putBlob(content: Uint8Array): Promise<void>
}

export function client(address: string, token: string): Client {
  const call = async (method: string, path: string, body?: BodyInit, type = 'application/json'): Promise<Response> => {
    const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': type }) }
    return fetch(`${address}/api/v1${path}`, { method, headers, ...(body === undefined ? {} : { body }) })
  }
  const good = async (answer: Response): Promise<Response> => {
    if (answer.ok) return answer
    const { detail } = (await answer.json().catch(() => ({}))) as { detail?: string }
    throw new StartError(detail ?? `the API answered ${answer.status}`)
  }
  return {
    get: async <T>(path: string) => (await (await good(await call('GET', path))).json()) as T,
    post: async <T>(path: string, body: unknown) => (await (await good(await call('POST', path, JSON.stringify(body)))).json()) as T,
    async put(path) {
      await good(await call('PUT', path))
    },
    async putBlob(content) {
      const path = `/store/${createHash('sha256').update(content).digest('hex')}`
      if ((await call('HEAD', path)).ok) return
      await good(await call('PUT', path, new Uint8Array(content), 'application/octet-stream'))
    },
  }
}
