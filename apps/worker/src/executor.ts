/**
 * Where actions are carried out: one thread beside that which renews the leases. Fetching, hashing and packing happen there, the machine
 * itself in a process of its own below it.
 */
import { Worker } from 'node:worker_threads'
import type { Action, ActionJob } from '@bootgraph/build-graph'
import { InfraError } from '@bootgraph/build-graph/execute'

export interface ExecutorOptions {
  readonly api: string
  readonly token: string | undefined
  /** Data folder of this host. */
  readonly data: string
  /** Wall limit of one action, seconds. */
  readonly timeout: number
  /** Before the command of each node's process. */
  readonly launcher: readonly string[]
}

export type ToThread =
  | { readonly what: 'execute'; readonly id: number; readonly job: ActionJob; readonly action: Action }
  | { readonly what: 'abort'; readonly id: number }
/** `error` is absent when the API has taken the result. */
export interface FromThread {
  readonly id: number
  readonly error?: string
}

export interface Executor {
  /** Carries an action out and delivers its result. @throws Error for whatever stopped it; never for what the guest itself did. */
  execute(job: ActionJob, action: Action, signal: AbortSignal): Promise<void>
  /** Milliseconds that the thread was not waiting. */
  busy(): number
  stop(): Promise<void>
}

interface Pending {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export function startExecutor(options: ExecutorOptions): Executor {
  const pending = new Map<number, Pending>()
  let last = 0
  let thread: Worker | undefined

  /** The thread; a new one if it ended. */
  function live(): Worker {
    if (thread !== undefined) return thread
    const started = new Worker(new URL('./executor-thread.mjs', import.meta.url), { workerData: options })
    let failure = 'it was stopped'
    started.on('message', ({ id, error }: FromThread) => {
      if (error === undefined) pending.get(id)?.resolve()
      else pending.get(id)?.reject(new InfraError(error))
    })
    started.on('error', (error) => {
      failure = String(error)
    })
    started.on('exit', () => {
      thread = undefined
      for (const { reject } of pending.values()) reject(new InfraError(`the thread that carries out actions ended: ${failure}`))
    })
    thread = started
    return started
  }

  return {
    async execute(job, action, signal) {
      signal.throwIfAborted()
      const id = ++last
      const tell = (message: ToThread): void => live().postMessage(message)
      const abort = (): void => tell({ what: 'abort', id })
      signal.addEventListener('abort', abort)
      try {
        await new Promise<void>((resolve, reject) => {
          pending.set(id, { resolve, reject })
          tell({ what: 'execute', id, job, action })
        })
      } finally {
        pending.delete(id)
        signal.removeEventListener('abort', abort)
      }
    },
    busy: () => thread?.performance.eventLoopUtilization().active ?? 0,
    async stop() {
      await thread?.terminate()
    },
  }
}
