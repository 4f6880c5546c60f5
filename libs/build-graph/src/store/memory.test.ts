import { test } from 'vitest'
import { CONFORMANCE } from './conformance.ts'
import { memoryStore } from './memory.ts'

test.each(CONFORMANCE)('$name', ({ run }) => run(memoryStore()))
