/** The API as the worker sees it. Every call may be repeated, so each is, until it is taken or refused. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Action, type ActionJob, type ActionResult, actionDigest, type Digest } from '@bootgraph/build-graph'
import { InfraError } from '@bootgraph/build-graph/execute'

/** The API understood and said no: repeating would not help. */
export class Refused extends Error {
  readonly status: number
  constructor(status: number, detail: string) {
    super(detail)
    this.status = status
  }
}

export interface Taken {
  readonly action: Action
  /** Bytes to keep free for its node. */
  readonly memory: number
}

export interface WorkerState {
  readonly host: string
  readonly concurrency: number
  readonly memory: number
  readonly memoryUsed: number
  readonly draining: boolean
}

export interface ApiClient {
  /** Undefined: the attempt has ended, drop it. @throws InfraError, Refused */
  taken(job: ActionJob, worker: string): Promise<Taken | undefined>
  /** The attempt passed a stage. @throws Refused */
  stage(job: ActionJob, stage: 'inputs-fetched' | 'started' | 'ended' | 'outputs-stored'): Promise<void>
  /** The next piece of a log; gives the offset that is expected next. @throws Refused */
  log(job: ActionJob, stream: 'stdout' | 'stderr', start: number, bytes: Uint8Array): Promise<number>
  /** This worker lives. @throws Refused */
  heartbeat(worker: string, state: WorkerState): Promise<void>
  /** @throws Refused */
  result(job: ActionJob, result: ActionResult): Promise<void>
  /** @throws Refused */
  lost(job: ActionJob, error: string): Promise<void>
  /** @throws Refused if the store does not have it. */
  blob(digest: Digest): Promise<AsyncIterable<Uint8Array>>
  hasBlob(digest: Digest): Promise<boolean>
  /** `content` makes the body anew for each try. @throws Refused */
  putBlob(digest: Digest, content: () => BodyInit): Promise<void>
}

/** Milliseconds between tries. */
const FIRST_PAUSE = 100
const LONGEST_PAUSE = 10_000

/** `signal` ends the waiting when the worker gives up. */
export function apiClient(url: string, token: string | undefined, signal: AbortSignal): ApiClient {
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const call = async (path: string, init: () => RequestInit & { duplex?: 'half' }): Promise<Response> => {
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      const { headers, ...rest } = init()
      const answer = await fetch(`${url}/api/v1${path}`, {
        ...rest,
        headers: { ...(headers as Record<string, string>), ...authorization },
        signal,
      }).catch((error: unknown) => {
        if (signal.aborted) throw error
        return undefined
      })
      if (answer?.ok) return answer
      const said = await answer?.text().catch(() => '')
      // Too many requests and failures of the server pass; any other refusal stays.
      if (answer && answer.status < 500 && answer.status !== 429)
        throw new Refused(answer.status, detailOf(said ?? '') ?? answer.statusText)
      await sleep(pause, undefined, { signal })
    }
  }
  const post = (job: ActionJob, what: string, body: unknown): Promise<Response> =>
    call(`/attempts/${job.build}/${job.unit}/${job.attempt}/${what}`, () => ({
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }))
  return {
    async taken(job, worker) {
      try {
        const taken = (await (await post(job, 'taken', { action: job.action, worker })).json()) as Taken
        const { action } = taken
        if (actionDigest(action) !== job.action) throw new InfraError(`the API gave another action than ${job.action}`)
        return taken
      } catch (error) {
        if (error instanceof Refused && error.status === 409) return undefined
        throw error
      }
    },
    async stage(job, stage) {
      await post(job, 'stage', { action: job.action, stage })
    },
    async log(job, stream, start, bytes) {
      const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
      return ((await (await post(job, 'log', { action: job.action, stream, start, data })).json()) as { next: number }).next
    },
    async heartbeat(worker, state) {
      await call(`/workers/${worker}`, () => ({
        method: 'PUT',
        body: JSON.stringify(state),
        headers: { 'content-type': 'application/json' },
      }))
    },
    async result(job, result) {
      await post(job, 'result', result)
    },
    async lost(job, error) {
      await post(job, 'lost', { action: job.action, error: error.slice(0, 60_000) })
    },
    async blob(digest) {
      const { body } = await call(`/store/${digest}`, () => ({}))
      return (body ?? []) as AsyncIterable<Uint8Array>
    },
    async hasBlob(digest) {
      try {
        await call(`/store/${digest}`, () => ({ method: 'HEAD' }))
        return true
      } catch (error) {
        if (error instanceof Refused && error.status === 404) return false
        throw error
      }
    },
    async putBlob(digest, content) {
      await call(`/store/${digest}`, () => ({
        method: 'PUT',
        body: content(),
        duplex: 'half',
        headers: { 'content-type': 'application/octet-stream' },
      }))
    },
  }
}

/** The sentence of a problem document; undefined for what is none. */
function detailOf(said: string): string | undefined {
  try {
    const { detail } = JSON.parse(said) as { detail?: unknown }
    return typeof detail === 'string' ? detail : undefined
  } catch {
    // A proxy in between answers with a page of its own.
    return undefined
  }
}
