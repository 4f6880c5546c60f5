/**
 * A thread that is started with options of its own has none of the limits that Node's permission model sets for the process, so the machine's
 * thread gives up starting any, before guest code runs.
 */
import nodeModule from 'node:module'
import threads from 'node:worker_threads'

export function closeThreads(): void {
  Reflect.deleteProperty(threads, 'Worker')
  // Hooks of modules run in a thread, too, which has modules of its own.
  Reflect.deleteProperty(nodeModule, 'register')
  nodeModule.syncBuiltinESMExports()
}
