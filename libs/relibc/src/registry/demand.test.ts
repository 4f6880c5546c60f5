import { expect, test } from 'vitest'
import classification from '../../data/classification.json' with { type: 'json' }
import driver from '../../data/demand-rustc-driver-1.63-redox.json' with { type: 'json' }
import std from '../../data/demand-std-1.63-redox.json' with { type: 'json' }
import { coreHeaders } from '../header/core.ts'
import { platformHeaders } from '../header/platform.ts'
import { textHeaders } from '../header/text.ts'
import { collect } from './registry.ts'

/** What the unwinder, the compiler and start code bring. */
const OTHERS = /^(_Unwind_|__rust_|__dso_handle$)/

test.each([
  ['two toolchains for Linux', Object.keys(classification.symbols)],
  ['the standard library for Redox', std.symbols],
  ['the compiler for Redox', driver.symbols],
])('every name that %s import has a row that is implemented', (_, symbols) => {
  const registry = collect([...platformHeaders, ...coreHeaders, ...textHeaders])
  const lacking = symbols.filter((name) => {
    const bound = registry.functions.get(name)
    return bound === undefined ? !registry.objects.has(name) : bound.row.status === 'missing'
  })
  expect(lacking.filter((name) => !OTHERS.test(name)).sort()).toEqual([])
})
