import { parentPort } from 'node:worker_threads'
import type { NodeEvent, NodeReport } from '@bootgraph/build-graph'
import { runMachine } from '../machine.ts'
import { linkByParent } from './link-by-parent.ts'
import { hostStdio } from './stdio.ts'
import { defectReport, type ThreadData } from './supervisor.ts'

/** The worker thread's side: one machine, one request, one report. `ended` sees the report before it is sent, which ends the process. */
export function runInThread({ request, image, words }: ThreadData, ended: (report: NodeReport) => void): void {
  const emit = (event: NodeEvent) => parentPort?.postMessage(event)
  try {
    const flags = new Int32Array(words)
    const report = runMachine(request, image, flags, emit, hostStdio, linkByParent(flags, emit))
    ended(report)
    emit({ event: 'report', report })
  } catch (error) {
    emit({ event: 'report', report: defectReport(image.digest, request, error) })
  }
}
