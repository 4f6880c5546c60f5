/** Rows of the semantics with one thing wrong: the comparison with the host must find it. */
import { afterAll, describe, expect, test, vi } from 'vitest'
import type { Emitter, FlagWrites, Push } from '../src/isa/emitter.ts'
import type { Semantics } from '../src/isa/integer.ts'
import type * as Table from '../src/isa/table.ts'
import { W } from '../src/wasm/code.ts'
import { nameOf } from './native/encodings.ts'
import { Host } from './native/host.ts'
import { COMPARED, compareWithHost } from './native/suite.ts'

/** What goes wrong: a result has its lowest bit the other way, flags are left alone, a branch goes the other way, nothing is done at all. */
const BREAKAGES = ['result', 'flags', 'branch', 'nothing'] as const
type Breakage = (typeof BREAKAGES)[number]

const broken = vi.hoisted(() => ({ name: '', row: undefined as ((e: never, original: never) => void) | undefined }))

vi.mock('../src/isa/table.ts', async (importOriginal) => {
  const table = await importOriginal<typeof Table>()
  const semanticsOf = (name: string): Semantics => {
    const original = table.semanticsOf(name)
    const { row } = broken
    return row === undefined || name !== broken.name ? original : (e) => row(e as never, original as never)
  }
  return { ...table, semanticsOf }
})

/** Calls `use` while the row is broken; false if what would be broken is not a part of the row. */
function whileBroken(name: string, how: Breakage, use: () => void): boolean {
  let applied = how === 'nothing'
  const spoilt = (e: Emitter): Partial<Record<keyof Emitter, unknown>> => {
    const flip = (value: number): number => {
      applied = true
      e.code.get(value).i64(1n).op(W.i64xor)
      return e.keep()
    }
    if (how === 'flags')
      return {
        setFlags: (_: FlagWrites) => {
          applied = true
        },
      }
    if (how === 'branch')
      return {
        branch: (condition?: Push) => {
          if (condition === undefined) return e.branch()
          applied = true
          e.branch(() => {
            condition()
            e.code.op(W.i32eqz)
          })
        },
      }
    return {
      write: (n: number, value: number, width?: number) => e.write(n, flip(value), width),
      writeGpr: (index: number, value: number, width?: number) => e.writeGpr(index, flip(value), width),
      writeV: (n: number, value: number) => {
        applied = true
        e.code.get(value).i64(1n).simd(18).simd(81)
        e.writeV(n, e.keepV())
      },
    }
  }
  broken.name = name
  broken.row = (e: Emitter, original: Semantics) => {
    if (how === 'nothing') return e.fallThrough()
    const parts = spoilt(e)
    original(
      new Proxy(e, {
        get(target, key) {
          if (key in parts) return parts[key as keyof Emitter]
          const value: unknown = Reflect.get(target, key, target)
          return typeof value === 'function' ? value.bind(target) : value
        },
        set: (target, key, value) => Reflect.set(target, key, value, target),
      }),
    )
  }
  try {
    use()
  } finally {
    broken.row = undefined
  }
  return applied
}

/** Repeated elements that do not come forward never reach the page that ends them. */
const ENDLESS = /^result (movs|cmps|stos|lods|scas)$/
/** Breaking what does nothing changes nothing. */
const NO_EFFECT = new Set(['nothing nop'])

/** An interpreter that runs into nothing has been found out as well. */
function isFound(compare: () => boolean): boolean {
  try {
    return compare()
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return true
    throw error
  }
}

/** One test for each breakage of every `share`th row. */
export function testBrokenRows(share: number): void {
  const names = [...new Set(COMPARED.map(nameOf))]
  const host = new Host()
  afterAll(() => host.close())
  describe.each(BREAKAGES)('the comparison finds a row with its %s wrong', (how) => {
    const sample = names.filter((name, i) => i % share === BREAKAGES.indexOf(how) % share && !ENDLESS.test(`${how} ${name}`))
    test.each(sample)('%s', (name) => {
      const forms = COMPARED.filter((form) => nameOf(form) === name)
      let found = false
      const applied = whileBroken(name, how, () => {
        found = isFound(() => compareWithHost(host, { seed: 7, variants: 8, states: 8, forms }).differences.length > 0)
      })
      expect(found).toBe(applied && !NO_EFFECT.has(`${how} ${name}`))
    })
  })
}
