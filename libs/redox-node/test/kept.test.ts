/** What one run keeps for later ones: translations and the machine code of them, which nobody may notice but by the time. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { TRIED } from '../src/host/compiled-code.ts'
import { compiled } from './corpus/programs.ts'
import { inNode, natively } from './corpus/run.ts'

const program = compiled('c', fileURLToPath(new URL('./kept/collatz.c', import.meta.url)))

it('runs by what an earlier run kept, by machine code where the host lets it be kept, and without what is damaged', () => {
  const cache = mkdtempSync(join(tmpdir(), 'bootgraph-kept-'))
  try {
    const { stdout, code } = natively(program)
    const run = () => {
      const outcome = inNode(program, { cache, timeout: 0 })
      expect(outcome).toMatchObject({ stdout, code, notes: [] })
      const { cachedFunctions, compiledFunctions, translatedFunctions } = outcome.counters
      return { cachedFunctions, compiledFunctions, translated: translatedFunctions > 0 }
    }
    const nothing = { cachedFunctions: 0, compiledFunctions: 0, translated: true }
    expect(run()).toEqual(nothing)
    const warm = run()
    expect(warm).toMatchObject({ cachedFunctions: expect.any(Number), translated: true })
    expect(warm.cachedFunctions).toBeGreaterThan(0)
    expect(warm.compiledFunctions > 0).toBe(TRIED)

    const folder = join(cache, 'code', 'corpus')
    const damage = (names: RegExp) => {
      for (const name of readdirSync(folder).filter((each) => names.test(each))) {
        const bytes = readFileSync(join(folder, name))
        bytes[bytes.length >> 1] ^= 1
        writeFileSync(join(folder, name), bytes)
      }
    }
    if (TRIED) {
      damage(/\.\d+$/)
      expect(run()).toEqual({ ...warm, compiledFunctions: 0 })
      expect(run()).toEqual(warm)
    }
    damage(/^/)
    expect(run()).toEqual(nothing)
  } finally {
    rmSync(cache, { recursive: true, force: true })
  }
})
