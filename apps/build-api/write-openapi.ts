/** Writes openapi.json beside this file: `npx tsx apps/build-api/write-openapi.ts` after a change of the contract. */
import { writeFileSync } from 'node:fs'
import { openApiDocument } from './src/openapi.ts'

writeFileSync(new URL('openapi.json', import.meta.url), `${JSON.stringify(await openApiDocument(), null, 2)}\n`)
