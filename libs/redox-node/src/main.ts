/**
 * Entry of the node image. The process's main thread is the supervisor: it takes the request, watches the wall limit and
 * passes events on; the machine runs in a worker thread with a stack deep enough for translated guest recursion.
 */
import { isMainThread } from 'node:worker_threads'
import { runInThread } from './host/machine-thread.ts'
import { supervise } from './host/supervisor.ts'

if (isMainThread) supervise(new URL(import.meta.url))
else runInThread()
