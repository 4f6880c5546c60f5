import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openApiDocument } from './openapi.ts'

test('the kept OpenAPI document is what the contract says', async () => {
  const kept = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8')) as unknown
  expect(kept, 'run: npx tsx apps/build-api/write-openapi.ts').toEqual(await openApiDocument())
})
