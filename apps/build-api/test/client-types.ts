/** Where the clients' types of the API are kept, and what stands there when they are fresh: made from openapi.json. */
import openapiTS, { astToString } from 'openapi-typescript'

export const CLIENT_TYPES = new URL('../../../libs/build-graph/src/api/generated/schema.ts', import.meta.url)

export async function clientTypes(): Promise<string> {
  const types = await openapiTS(new URL('../openapi.json', import.meta.url))
  return `// Made by apps/build-api/write-openapi.ts; not edited by hand.\n${astToString(types)}`
}
