/**
 * A hundred builds, each with one blow or fault of a disk at a random moment. The seed is printed; BOOTGRAPH_SEED repeats a run,
 * BOOTGRAPH_ROUNDS makes it shorter.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BLOWS, broken, type Fleet, runUnder, startFleet, strike } from '../test/kills.ts'
import { type DiskFaults, type RealService, realService } from '../test/real-service.ts'

const SEED = Number(process.env.BOOTGRAPH_SEED ?? Date.now() % 2 ** 31)
const ROUNDS = Number(process.env.BOOTGRAPH_ROUNDS ?? 100)
const FAULTS = ['EIO', 'ENOSPC', 'short'] as const
/** Milliseconds in which a build is under way. */
const SPAN = 5_000

/** Mulberry32: equal seeds, equal numbers in [0, 1). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

let service: RealService
let fleet: Fleet
beforeAll(async () => {
  service = await realService('many-kills')
  fleet = await startFleet(service)
})
afterAll(() => service?.stop())

test(`${ROUNDS} random blows, seed ${SEED}`, async () => {
  const next = random(SEED)
  const any = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)]!
  const wrong: string[] = []
  const dealt: Record<string, number> = {}
  for (let round = 0; round < ROUNDS; round++) {
    const blow = any([...BLOWS, 'disk'] as const)
    const delay = Math.floor(next() * SPAN)
    // One more in the attempts of one unit, and it is given up, as it should be.
    const faults: DiskFaults = Array.from({ length: 2 }, () => [1 + Math.floor(next() * 12), any(FAULTS)] as const)
    const where = any(['server', 'worker'] as const)
    if (blow === 'disk') {
      await fleet.worker.end('SIGTERM')
      await fleet.server.end('SIGTERM')
      fleet = await startFleet(service, { [where]: faults })
    }
    const seed = 100 + round * 10
    const what = `round ${round}: ${blow === 'disk' ? `${where} ${faults.join(' ')}` : `${blow} after ${delay} ms`}`
    dealt[blow] = (dealt[blow] ?? 0) + 1
    try {
      await runUnder(fleet, `r${round}`, seed, async () => (blow === 'disk' ? undefined : strike(fleet, blow)), delay)
      wrong.push(...(await broken(service, `r${round}`, seed)).map((line) => `${what}: ${line}`))
    } catch (error) {
      wrong.push(`${what}: ${String(error)}`)
    }
  }
  process.stdout.write(`${JSON.stringify({ seed: SEED, rounds: ROUNDS, dealt, wrong })}\n`)
  expect(wrong).toEqual([])
})
