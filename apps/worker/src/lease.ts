/** Attempts under way in this worker, and how each is given up: its build was cancelled, its lease was lost, or we end. */
import { type ActionJob, jobId } from '@bootgraph/build-graph'

export class Leases {
  readonly #held = new Map<string, { readonly build: string; readonly controller: AbortController }>()

  /** Runs `work` under a signal that ends it when the lease goes. */
  async hold(job: ActionJob, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const id = jobId(job)
    const controller = new AbortController()
    this.#held.set(id, { build: job.build, controller })
    try {
      await work(controller.signal)
    } finally {
      this.#held.delete(id)
    }
  }

  /** The build was cancelled: the API takes no more of it. */
  cancel(build: string): void {
    for (const held of this.#held.values()) if (held.build === build) held.controller.abort(new Error('the build was cancelled'))
  }

  /** Another worker may have the job by now; its result counts as much as ours. */
  lose(id: string): void {
    this.#held.get(id)?.controller.abort(new Error('the lease was lost'))
  }
}
