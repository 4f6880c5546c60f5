/** What routes stand on. */
import type { Place } from '@bootgraph/rustc-bootstrap'
import type { Live } from '../domain/live.ts'
import type { PlanDeps } from '../domain/record-plan.ts'
import type { ActionQueue } from '../plugins/queue.ts'

export interface RouteDeps extends PlanDeps {
  /** Data folder and store of this host: toolchains and images lie there. */
  readonly place: Place
  readonly live: Live
  /** Bytes of one blob. */
  readonly blobLimit: number
  readonly ownSecret?: string | undefined
  /** Told when units may have become ready. */
  readonly progressed: () => void
  /** Told when a build was cancelled, so that workers stop its attempts. */
  readonly cancelled: (build: string) => Promise<void>
  readonly queue: Pick<ActionQueue, 'backend' | 'sizes'>
}
