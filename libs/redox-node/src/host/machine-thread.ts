import { parentPort, workerData } from 'node:worker_threads'
import type { NodeEvent } from '@bootgraph/build-graph'
import { runMachine } from '../machine.ts'
import { defectReport, type ThreadData } from './supervisor.ts'

/** The worker thread's side: one machine, one request, one report. */
function runInThread(): void {
  const { request, image, words } = workerData as ThreadData
  const emit = (event: NodeEvent) => parentPort?.postMessage(event)
  try {
    emit({ event: 'report', report: runMachine(request, image, new Int32Array(words), emit) })
  } catch (error) {
    emit({ event: 'report', report: defectReport(image.digest, request, error) })
  }
}

runInThread()
