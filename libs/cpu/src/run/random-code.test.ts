import { test } from 'vitest'
import { sameOnEveryEngine, surviveDecoding } from '../../test/random-code.ts'

test('the decoder takes any bytes', () => surviveDecoding(20261125, 20_000))

test('random programs end in the same state on every engine', () => sameOnEveryEngine(20261125, 192))
