/**
 * `npm run fuzz -- cpu`: as many cases as asked for against the host's processor, interpreted and translated; then random bytes
 * through the decoder, and short programs of them on every engine, which must end in the same state.
 */

import { Host } from '../test/native/host.ts'
import { COMPARED, compareWithHost, type SuiteOptions } from '../test/native/suite.ts'
import { sameOnEveryEngine, surviveDecoding } from '../test/random-code.ts'

const STATES = 8
/** Cases of one comparison: each has encodings of its own. */
const SHARE = 200_000

export default function fuzz({ seed, cases }: { readonly seed: number; readonly cases: number }): number {
  const host = new Host()
  const shapes = compareWithHost(host, { seed, variants: 1, states: 1 }).cases
  const plain = COMPARED.filter((form) => !/mxcsr|fxrstor/.test(form.row))
  const kinds: readonly [string, Partial<SuiteOptions>][] = [
    ['interpreted', { engine: { engine: 'interpreter' } }],
    ['translated', { engine: { engine: 'translator' }, forms: plain }],
    ['any MXCSR', { engine: { engine: 'interpreter' }, state: { mxcsr: 'any' } }],
  ]
  let compared = 0
  try {
    for (const [name, options] of kinds) {
      let done = 0
      for (let part = 0; done < cases; part++) {
        const variants = Math.max(1, Math.ceil(Math.min(cases - done, SHARE) / shapes / STATES))
        const outcome = compareWithHost(host, { seed: seed + part, variants, states: STATES, ...options })
        if (outcome.differences.length > 0) throw new Error(`${name}: ${outcome.differences.slice(0, 20).join('\n')}`)
        done += outcome.cases
      }
      console.log(`${name}: ${done} cases as on the host`)
      compared += done
    }
  } finally {
    host.close()
  }
  surviveDecoding(seed, cases)
  console.log(`decoder: ${cases} random byte strings`)
  const programs = Math.ceil(cases / 100)
  sameOnEveryEngine(seed, programs)
  console.log(`engines: ${programs} random programs end alike`)
  return compared + cases + programs
}
