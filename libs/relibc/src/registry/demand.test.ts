import { expect, test } from 'vitest'
import classification from '../../data/classification.json' with { type: 'json' }
import { coreHeaders } from '../header/core.ts'
import { platformHeaders } from '../header/platform.ts'
import { textHeaders } from '../header/text.ts'
import { collect } from './registry.ts'

/** What toolchains import and the model does not serve: kernel objects that it lacks. */
const MISSING = ['signalfd']

test('every name that two toolchains import has a row that is implemented', () => {
  const registry = collect([...platformHeaders, ...coreHeaders, ...textHeaders])
  const lacking = Object.keys(classification.symbols).filter((name) => {
    const bound = registry.functions.get(name)
    return bound === undefined ? !registry.objects.has(name) : bound.row.status === 'missing'
  })
  expect(lacking.sort()).toEqual(MISSING)
})
