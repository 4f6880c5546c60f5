/**
 * Writes openapi.json beside this file and the types that clients read: `npx tsx apps/build-api/write-openapi.ts` after a change of the
 * contract.
 */
import { writeFileSync } from 'node:fs'
import { openApiDocument } from './src/openapi.ts'
import { CLIENT_TYPES, clientTypes } from './test/client-types.ts'

writeFileSync(new URL('openapi.json', import.meta.url), `${JSON.stringify(await openApiDocument(), null, 2)}\n`)
writeFileSync(CLIENT_TYPES, await clientTypes())
