import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { basename, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { NodeEvent, NodeImageManifest, NodeReport, NodeRequest } from '@bootgraph/build-graph'
import { reportOfEnd } from '@bootgraph/build-graph'
import { StoreError } from '@bootgraph/build-graph/store'
import type { MachineImage } from '../machine.ts'

/** Shared words between supervisor and machine. */
export const Word = {
  /** Why the machine shall stop: 0 go on, else a `Stop`. */
  stop: 0,
  /** The signal to report when stopped by one. */
  signal: 1,
  /** What came of the symbolic link that the machine asked for: 0 or an errno; `LINK_ASKED` until then. */
  link: 2,
} as const
export const LINK_ASKED = -1

export const Stop = { none: 0, timeout: 1, signal: 2 } as const

export interface ThreadData {
  readonly request: NodeRequest
  readonly image: MachineImage
  /** Digests of the image's bundles by file. */
  readonly bundles: Readonly<Record<string, string>>
  readonly words: SharedArrayBuffer
}

/** Host stack of the machine's thread, MiB: translated guest recursion uses it. */
const STACK_MIB = 256

/**
 * Runs one request that arrives over IPC, then ends the process. The machine, in bundles of its own in the image's `folder`, runs in a worker
 * thread with a stack deep enough for translated guest recursion.
 */
export function supervise(folder: string): void {
  if (!process.send) {
    process.stderr.write('this is a bootgraph node image; start it with "bootgraph run"\n')
    process.exit(125)
  }
  const send = (event: NodeEvent) => process.send?.(event)
  const words = new SharedArrayBuffer(4 * Object.keys(Word).length)
  const flags = new Int32Array(words)
  let started = false

  process.on('message', (message: NodeRequest | { interrupt: NodeJS.Signals } | { linked: number }) => {
    if ('linked' in message) {
      Atomics.store(flags, Word.link, message.linked)
      Atomics.notify(flags, Word.link)
      return
    }
    if ('interrupt' in message) {
      Atomics.store(flags, Word.signal, constants.signals[message.interrupt])
      Atomics.store(flags, Word.stop, Stop.signal)
      return
    }
    if (started) return
    started = true
    boot(message)
  })
  process.on('disconnect', () => process.exit(125))

  function boot(request: NodeRequest): void {
    const { bundles } = JSON.parse(readFileSync(join(folder, 'image.json'), 'utf8')) as NodeImageManifest
    const image: MachineImage = { digest: basename(folder), cpu: bundles['cpu.cjs'] }
    let reported = false
    const finish = (report: NodeReport) => {
      if (reported) return
      reported = true
      process.send?.({ event: 'report', report } satisfies NodeEvent, () => process.exit(0))
    }
    if (request.timeout > 0) setTimeout(() => Atomics.store(flags, Word.stop, Stop.timeout), request.timeout * 1000).unref()
    const worker = new Worker(join(folder, 'thread.cjs'), {
      workerData: { request, image, bundles, words } satisfies ThreadData,
      // Behind the same fence as the process, and without the right to start a thread: one with options of its own would stand outside.
      execArgv: process.execArgv.filter((flag) => flag !== '--allow-worker'),
      resourceLimits: { stackSizeMb: STACK_MIB, maxOldGenerationSizeMb: 4096 },
      stdout: false,
      stderr: false,
    })
    worker.on('message', (event: NodeEvent) => (event.event === 'report' ? finish(event.report) : send(event)))
    worker.on('error', (error) => finish(defectReport(image.digest, request, error)))
    worker.on('exit', () => finish(defectReport(image.digest, request, new Error('the machine ended without a report'))))
  }
}

export function defectReport(image: string, request: NodeRequest, error: unknown): NodeReport {
  // What the host's files lack is told by its message; a defect of ours by where it happened.
  const told = error instanceof StoreError || (error instanceof Error && 'syscall' in error)
  const message = error instanceof Error ? ((told ? undefined : error.stack) ?? error.message) : String(error)
  const exit = { reason: 'defect', code: 125, message: told ? message : `defect in the node: ${message}` } as const
  return reportOfEnd(image, request, exit, process.memoryUsage.rss())
}
