import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Admission } from './admission.ts'

const never = new AbortController().signal

test('nodes together never use more than there is, unless one alone needs more; all of them run', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1, maxLength: 20 }), async (sizes) => {
      const admission = new Admission(10)
      let [running, used, done] = [0, 0, 0]
      await Promise.all(
        sizes.map((bytes) =>
          admission.hold(bytes, never, async () => {
            running++
            used += bytes
            expect(used <= 10 || running === 1).toBe(true)
            await sleep(0)
            running--
            used -= bytes
            done++
          }),
        ),
      )
      expect([done, admission.used]).toEqual([sizes.length, 0])
    }),
    { numRuns: 50 },
  )
})

test('who gives up while waiting leaves the line, and those behind go on', async () => {
  const admission = new Admission(10)
  const order: string[] = []
  const stop = new AbortController()
  const first = admission.hold(8, never, async () => {
    await sleep(20)
    order.push('first')
  })
  const second = admission.hold(8, stop.signal, async () => void order.push('second'))
  const third = admission.hold(2, never, async () => void order.push('third'))
  stop.abort(new Error('cancelled'))
  await expect(second).rejects.toThrow('cancelled')
  await Promise.all([first, third])
  expect(order).toEqual(['third', 'first'])
})
