import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { generate } from '../../generate.mjs'

test("the client's types are those of the API's document", async () => {
  expect(readFileSync(new URL('generated/schema.ts', import.meta.url), 'utf8')).toBe(await generate())
})
