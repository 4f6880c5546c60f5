import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CLIENT_TYPES, clientTypes } from '../test/client-types.ts'
import { openApiDocument } from './openapi.ts'

const HOW = 'run: npx tsx apps/build-api/write-openapi.ts'

test('the kept OpenAPI document is what the contract says', async () => {
  const kept = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8')) as unknown
  expect(kept, HOW).toEqual(await openApiDocument())
})

test("the clients' types are those of the document", async () => {
  expect(readFileSync(CLIENT_TYPES, 'utf8'), HOW).toBe(await clientTypes())
})
