/** How far the mathematical functions are from the host C library's, in units in the last place. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as circular from '../../src/header/math/circular.ts'
import * as elementary from '../../src/header/math/elementary.ts'
import * as hyperbolic from '../../src/header/math/hyperbolic.ts'
import * as special from '../../src/header/math/special.ts'

const { atanh, expm1, log10, log1p, sqrt, tanh } = Math
const FUNCTIONS: Readonly<Record<string, (...args: number[]) => number>> = {
  ...{ atanh, expm1, log10, log1p, sqrt, tanh },
  fmod: (x, y) => x % y,
  ...(circular as unknown as Record<string, (...args: number[]) => number>),
  ...(elementary as unknown as Record<string, (...args: number[]) => number>),
  ...(hyperbolic as unknown as Record<string, (...args: number[]) => number>),
  ...(special as unknown as Record<string, (...args: number[]) => number>),
}

export interface Distance {
  readonly cases: number
  readonly equal: number
  /** Units in the last place. */
  readonly worst: number
}

const scratch = new DataView(new ArrayBuffer(8))

function number(hex: string): number {
  scratch.setBigUint64(0, BigInt(`0x${hex}`))
  return scratch.getFloat64(0)
}

/** Place of a double among all of them, so that neighbours differ by 1. */
function place(x: number): bigint {
  scratch.setFloat64(0, x)
  const bits = scratch.getBigInt64(0)
  return bits < 0n ? -(bits & 0x7fff_ffff_ffff_ffffn) : bits
}

/** Runs `lines` cases of each function natively and here. Throws where the host has no C compiler. */
export function measure(lines: number): Map<string, Distance> {
  const folder = mkdtempSync(join(tmpdir(), 'bootgraph-libm-'))
  try {
    const program = join(folder, 'reference')
    const source = fileURLToPath(new URL('reference.c', import.meta.url))
    const flags = ['-O1', '-fno-builtin', '-w', '-D_GNU_SOURCE']
    if (spawnSync('gcc', [...flags, '-o', program, source, '-lm']).status !== 0)
      throw new Error('gcc: the measurement of libm needs a C compiler')
    const text = execFileSync(program, [String(lines)], { encoding: 'latin1', maxBuffer: 2 ** 31 - 1 })
    const found = new Map<string, { cases: number; equal: number; worst: number }>()
    for (const line of text.trimEnd().split('\n')) {
      const [name, ...words] = line.split(' ')
      const numbers = words.map(number)
      const expected = numbers.pop()!
      const result = FUNCTIONS[name](...numbers)
      const entry = found.get(name) ?? { cases: 0, equal: 0, worst: 0 }
      found.set(name, entry)
      entry.cases++
      if (Object.is(result, expected) || (Number.isNaN(result) && Number.isNaN(expected))) entry.equal++
      else entry.worst = Math.max(entry.worst, Math.abs(Number(place(result) - place(expected))))
    }
    return found
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
