/**
 * Entry of the node image. The process's main thread is the supervisor: it takes the request, watches the wall limit and passes events on;
 * the machine, in bundles of its own, runs in a worker thread with a stack deep enough for translated guest recursion.
 */
import { join } from 'node:path'
import { isMainThread, workerData } from 'node:worker_threads'
import { Scripts } from './host/scripts.ts'
import { supervise, type ThreadData } from './host/supervisor.ts'
import { translationCache } from './host/translation-cache.ts'

function startMachine(data: ThreadData): void {
  const { request, image, bundles } = data
  const cache = request.cache === undefined ? undefined : translationCache(join(request.cache, 'code'), image.cpu)
  const scripts = new Scripts(__dirname, bundles, cache)
  const { runInThread } = scripts.require('machine.cjs') as typeof import('./host/machine-thread.ts')
  runInThread(data, ({ fuel }) => scripts.keep(fuel))
}

if (isMainThread) supervise(__filename)
else startMachine(workerData as ThreadData)
