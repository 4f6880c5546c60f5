/** The thread's side of `executor.ts`. */
import { setMaxListeners } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import { apiClient } from './api-client.ts'
import { executeAction, type Host } from './execute-action.ts'
import type { ExecutorOptions, FromThread, ToThread } from './executor.ts'

const port = parentPort!
const { api, token, data, timeout, launcher } = workerData as ExecutorOptions
const underWay = new Map<number, AbortController>()

port.on('message', async (message: ToThread) => {
  const { id } = message
  if (message.what === 'abort') return underWay.get(id)?.abort(new Error('given up'))
  const controller = new AbortController()
  // Each transfer under way listens.
  setMaxListeners(0, controller.signal)
  underWay.set(id, controller)
  const host: Host = { api: apiClient(api, token, controller.signal), data, timeout, launcher }
  const tell = (said: FromThread): void => port.postMessage(said)
  try {
    await host.api.result(message.job, await executeAction(host, message.job, message.action, controller.signal))
    tell({ id })
  } catch (error) {
    tell({ id, error: error instanceof Error ? error.message : String(error) })
  } finally {
    underWay.delete(id)
  }
})
