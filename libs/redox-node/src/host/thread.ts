/** Entry of the machine's thread: sets V8's flags, then loads the machine's bundles with what was kept of them. */
// What the bundles need of Node is loaded before V8's flags change, as long as what Node has compiled of it holds.
import 'node:crypto'
import 'node:tty'
import { join } from 'node:path'
import { workerData } from 'node:worker_threads'
import { Scripts } from './scripts.ts'
import type { ThreadData } from './supervisor.ts'
import { translationCache } from './translation-cache.ts'
import { setFlags } from './v8-flags.ts'

// The clock comes with its first use, and is to come with the rest.
performance.now()
setFlags()
const data = workerData as ThreadData
const { request, image, bundles } = data
const cache = request.cache === undefined ? undefined : translationCache(join(request.cache, 'code'), image.cpu)
const scripts = new Scripts(__dirname, bundles, cache)
const { runInThread } = scripts.require('machine.cjs') as typeof import('./machine-thread.ts')
runInThread(data, ({ fuel }) => scripts.keep(fuel))
