/**
 * Entry of the node image. The process's main thread is the supervisor: it takes the request, watches the wall limit and passes events on;
 * the machine runs in a worker thread (`host/machine-thread.ts`, the bundle beside this one) with a stack deep enough for translated guest recursion.
 */
import { supervise } from './host/supervisor.ts'

supervise(new URL(import.meta.url))
