/** Makes the client's types in src/server/generated from the API's OpenAPI document. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'

const document = new URL('../build-api/openapi.json', import.meta.url)
const target = new URL('src/server/generated/schema.ts', import.meta.url)

/** What stands in the file when it is fresh. */
export async function generate() {
  return `// Made by generate.mjs from apps/build-api/openapi.json; not edited by hand.\n${astToString(await openapiTS(document))}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, await generate())
