import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds that a batch waits for more, because a worker takes its jobs one by one. Longer made batches fuller and work slower. */
const GATHER = 1

/** Calls that arrive together, or while others are under way, are done together: one transaction for many. */
export function batcher<In, Out>(work: (items: readonly In[]) => Promise<readonly Out[]>, most = 500): (item: In) => Promise<Out> {
  const waiting: { item: In; resolve: (value: Out) => void; reject: (reason: unknown) => void }[] = []
  let busy = false
  const run = async (): Promise<void> => {
    busy = true
    while (waiting.length > 0) {
      await sleep(GATHER)
      const batch = waiting.splice(0, most)
      try {
        const done = await work(batch.map(({ item }) => item))
        for (const [i, { resolve }] of batch.entries()) resolve(done[i]!)
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    busy = false
  }
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (!busy) void run()
    })
}
