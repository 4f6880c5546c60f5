/** Differential against the fetch of Node itself, over a dispatcher that connects nowhere. */
import { expect, test } from 'vitest'
import { BLOCKED_PORTS } from './blocked-ports.ts'

interface Handler {
  onError(error: Error): void
}
const nowhere = {
  dispatch(_: unknown, handler: Handler) {
    handler.onError(new Error('asked'))
    return true
  },
}

async function isBlocked(port: number): Promise<boolean> {
  const refused = await fetch(`http://localhost:${port}/`, { dispatcher: nowhere } as RequestInit).catch((error: Error) => error)
  const { cause } = refused as { cause?: Error }
  if (cause?.message === 'asked') return false
  expect(cause?.message).toBe('bad port')
  return true
}

test('fetch asks at no port of the list, and at every other', { timeout: 60_000 }, async () => {
  const blocked: number[] = []
  for (let port = 1; port <= 65_535; port++) if (await isBlocked(port)) blocked.push(port)
  // The standard blocks 0 since 2025-08, which not every Node has heard of.
  expect([...BLOCKED_PORTS]).toEqual([0, ...blocked])
})
